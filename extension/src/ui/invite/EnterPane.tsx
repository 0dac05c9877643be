import { useMemo } from "preact/hooks";
import { platform } from "../../platform";
import { Notice } from "../lib/Notice";
import type { State } from "../lib/state";
import { EnterForm } from "./EnterForm";
import { t } from "./texts";
import "../lib/code.css";

interface Props {
  state: State;
  text: string;
  /** The text came from outside, so the person is asked. */
  asked: boolean;
  /** Why it did not work already, or "". */
  error: string;
}

/** The way in for whoever was told a code or sent a link. */
export function EnterPane({ state, text: given, asked: came, error }: Props) {
  // What brought the person here waits until it is taken or refused.
  const kept = useMemo(() => (given ? undefined : platform.keptInvite()), [given]);
  const text = kept ?? given;
  const asked = came || kept !== undefined;
  const name = state.data.value?.name ?? "";
  return (
    <article class="letter centered" aria-labelledby="enter-title">
      <h2 id="enter-title">{t("enter.title")}</h2>
      {asked ? (
        <Notice icon="letter">{t("enter.asked", { name })}</Notice>
      ) : (
        <p class="note">{t("enter.how")}</p>
      )}
      <EnterForm key={text} state={state} text={text} error={error} asked={asked} />
    </article>
  );
}
