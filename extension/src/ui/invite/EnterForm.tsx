import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../catalogue";
import { ErrorNote } from "../components";
import { errorText } from "../errors";
import type { State } from "../state";
import { Completions, useCompletions } from "./Completions";

interface Props {
  state: State;
  /** What the field begins with. */
  text: string;
  /** What is wrong with that, if it was tried. */
  error?: string;
}

/** No code or link is longer. */
const MAX = 1_000;

/** Petmail's numbers have four digits. */
const FOREIGN = /^\s*\d{1,3}[-\s]+\w/;

/** Where a code or link is entered. */
export function EnterForm({ state, text: given, error: known }: Props) {
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(given);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState(known ?? "");
  const completions = useCompletions(state, text);
  const relay = relayOf(text);

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
      setText("");
    } catch (reason) {
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
        <input
          id="invite-enter"
          ref={field}
          data-testid="invite-enter"
          value={text}
          maxLength={MAX}
          dir="ltr"
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          aria-invalid={error ? true : undefined}
          aria-describedby="enter-note enter-error"
          onInput={(event) => {
            setText(event.currentTarget.value);
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
            {relay ? t("enter.linkFound", { relay }) : t("enter.example")}
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

/** The host of an invite link, or "" if the text is none. */
export function relayOf(text: string): string {
  const link = /https?:\/\/([^\s/?#]+)\/i\/[^\s?#]*#\S/.exec(text);
  return link?.[1] ?? "";
}
