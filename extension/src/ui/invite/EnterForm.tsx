import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../catalogue";
import { ErrorNote } from "../components";
import { errorText } from "../errors";
import type { State } from "../state";

interface Props {
  state: State;
  /** What the field begins with. */
  text: string;
  /** What is wrong with that, if it was tried. */
  error?: string;
}

/** No code or link is longer. */
const MAX = 1_000;

/** So many words to choose from fit below the field. */
const SHOWN = 4;

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
          <ul class="completions" id="enter-note" aria-label={t("enter.completions")}>
            {completions.slice(0, SHOWN).map((completion) => (
              <li key={completion}>
                <button
                  type="button"
                  class="button small"
                  data-testid="invite-completion"
                  aria-label={completion}
                  onClick={() => {
                    setText(completion);
                    field.current?.focus();
                  }}
                >
                  {lastWord(completion)}
                </button>
              </li>
            ))}
          </ul>
        ) : (
          <p class="note" id="enter-note" role="status">
            {relay ? t("enter.linkFound", { relay }) : t("enter.example")}
          </p>
        )}
      </div>
      <ErrorNote id="enter-error" text={error} />
      <button
        type="submit"
        class="button primary wide"
        data-testid="invite-accept"
        aria-disabled={busy}
      >
        {busy ? t("enter.accepting") : t("enter.accept")}
      </button>
    </form>
  );
}

function lastWord(code: string): string {
  // Where more words follow, the completion ends with a dash.
  return code.replace(/-$/, "").split("-").at(-1) ?? code;
}

/** The whole codes that the text may become, while it is one that is begun. */
function useCompletions(state: State, text: string): readonly string[] {
  const [completions, setCompletions] = useState<readonly string[]>([]);
  useEffect(() => {
    if (!/^\s*\d+[-\s]+\w/.test(text) || relayOf(text)) {
      setCompletions([]);
      return;
    }
    let current = true;
    const typed = text.trim().toLowerCase();
    state.client
      .call("words", { text })
      .then((words) => words.completions.filter((completion) => completion !== typed))
      .catch(() => []) // one can type without
      .then((fitting) => current && setCompletions(fitting));
    return () => {
      current = false;
    };
  }, [state, text]);
  return completions;
}

/** The host of an invite link, or "" if the text is none. */
export function relayOf(text: string): string {
  const link = /https?:\/\/([^\s/?#]+)\/i\/[^\s?#]*#\S/.exec(text);
  return link?.[1] ?? "";
}
