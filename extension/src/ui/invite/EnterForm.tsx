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
          list="invite-completions"
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
        <datalist id="invite-completions">
          {completions.map((completion) => (
            <option key={completion} value={completion} />
          ))}
        </datalist>
        <p class="note" id="enter-note" role="status">
          {relay ? t("enter.linkFound", { relay }) : t("enter.example")}
        </p>
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

/** The whole codes that the text may become. */
function useCompletions(state: State, text: string): readonly string[] {
  const [completions, setCompletions] = useState<readonly string[]>([]);
  useEffect(() => {
    if (!/^\s*\d+[-\s]+\w/.test(text) || relayOf(text)) {
      setCompletions([]);
      return;
    }
    let current = true;
    state.client.call("words", { text }).then(
      (words) => current && setCompletions(words.completions),
      () => current && setCompletions([]),
    );
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
