import { t } from "../catalogue";
import { Notice } from "../components";
import type { State } from "../state";
import { EnterForm } from "./EnterForm";
import "./invite.css";

interface Props {
  state: State;
  text: string;
  /** The text came from outside, so the person is asked. */
  asked: boolean;
  /** Why it did not work already, or "". */
  error: string;
}

/** The way in for whoever was told a code or sent a link. */
export function EnterPane({ state, text, asked, error }: Props) {
  const name = state.data.value?.name ?? "";
  return (
    <article class="letter centered" aria-labelledby="enter-title">
      <h2 id="enter-title">{t("enter.title")}</h2>
      {asked ? (
        <Notice icon="letter">{t("enter.asked", { name })}</Notice>
      ) : (
        <p class="note">{t("enter.how")}</p>
      )}
      <EnterForm key={text} state={state} text={text} error={error} />
    </article>
  );
}
