import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { platform } from "../../platform";
import { findLink } from "../../platform/link";
import { t } from "../catalogue";
import { ErrorNote } from "../components";
import { errorText } from "../errors";
import type { State } from "../state";
import { Completions, useCompletions } from "./Completions";
import { settled } from "./kept";
import { OfferField } from "./OfferField";

interface Props {
  state: State;
  /** What the field begins with. */
  text: string;
  /** What is wrong with that, if it was tried. */
  error?: string;
  /** The text came from outside: it can be refused. */
  asked?: boolean;
}

/** Petmail's numbers have four digits. */
const FOREIGN = /^[^\p{L}\p{Nd}]*\p{Nd}{1,3}[^\p{L}\p{Nd}]+\p{L}/u;

/** Where a code or link is entered. */
export function EnterForm({ state, text: given, error: known, asked }: Props) {
  const field = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState(given);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState(known ?? "");
  const completions = useCompletions(state, text);
  const found = useMemo(() => findLink(text), [text]);

  useEffect(() => field.current?.focus(), []);

  const accept = async () => {
    // What stands in the field: the last letters may not have been drawn yet.
    const text = field.current?.value ?? "";
    if (text.trim() === "") {
      setError(t("enter.empty"));
      return;
    }
    setBusy(true);
    setError("");
    try {
      await state.accept(text);
      settled(text);
      setText("");
    } catch (reason) {
      settled(text, reason);
      setError(errorText(reason));
      field.current?.focus();
    } finally {
      setBusy(false);
    }
  };

  return (
    <form
      class="enter"
      aria-busy={busy}
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void accept();
      }}
    >
      <div class="field">
        <label for="invite-enter">{t("enter.label")}</label>
        <OfferField
          id="invite-enter"
          field={field}
          value={text}
          invalid={error !== ""}
          describedBy="enter-note enter-error"
          onInput={(typed) => {
            setText(typed);
            setError("");
          }}
        />
        {completions.length > 0 ? (
          <Completions
            id="enter-note"
            completions={completions}
            onChoose={(completion) => {
              setText(completion);
              field.current?.focus();
            }}
          />
        ) : (
          <p class="note" id="enter-note" role="status">
            {found === "several"
              ? t("enter.several")
              : found
                ? t("enter.linkFound", { relay: found.relay })
                : t("enter.example")}
          </p>
        )}
      </div>
      <ErrorNote id="enter-error" text={error} />
      {FOREIGN.test(text) && (
        <p class="note" role="status">
          {t("note.looksLike")}
        </p>
      )}
      <button
        type="submit"
        class="button primary wide"
        data-testid="invite-accept"
        aria-disabled={busy}
      >
        {busy ? t("enter.accepting") : t("enter.accept")}
      </button>
      {asked && (
        <button
          type="button"
          class="button quiet"
          data-testid="invite-dismiss"
          onClick={() => {
            platform.letInviteGo();
            state.show({ kind: "home" });
          }}
        >
          {t("enter.refuse")}
        </button>
      )}
      <button
        type="button"
        class="button quiet"
        data-testid="note-have"
        onClick={() => state.show({ kind: "note-enter", code: FOREIGN.test(text) ? text : "" })}
      >
        {t("note.hintReceive")}
      </button>
    </form>
  );
}
