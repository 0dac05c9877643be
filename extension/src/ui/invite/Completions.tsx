import { useEffect, useState } from "preact/hooks";
import { t } from "../catalogue";
import type { State } from "../state";

/** So many words to choose from fit below the field. */
const SHOWN = 4;

interface Props {
  id: string;
  /** Whole codes, from useCompletions. */
  completions: readonly string[];
  onChoose: (code: string) => void;
}

/** The words that the last one of a code may become. */
export function Completions({ id, completions, onChoose }: Props) {
  return (
    <ul class="completions" id={id} aria-label={t("enter.completions")}>
      {completions.slice(0, SHOWN).map((completion) => (
        <li key={completion}>
          <button
            type="button"
            class="button small"
            data-testid="invite-completion"
            aria-label={completion}
            onClick={() => onChoose(completion)}
          >
            {lastWord(completion)}
          </button>
        </li>
      ))}
    </ul>
  );
}

function lastWord(code: string): string {
  // Where more words follow, the completion ends with a dash.
  return code.replace(/-$/, "").split("-").at(-1) ?? code;
}

/** A number and the beginning of a word, in whatever spelling: the agent reads it. */
const BEGUN = /^[^/]{0,100}\p{Nd}[^\p{L}\p{Nd}/]+\p{L}[^/]{0,100}$/u;

/** The whole codes that the text may become, while it is one that is begun. */
export function useCompletions(state: State, text: string): readonly string[] {
  const [completions, setCompletions] = useState<readonly string[]>([]);
  useEffect(() => {
    if (!BEGUN.test(text)) {
      setCompletions([]);
      return;
    }
    let current = true;
    const typed = text
      .toLowerCase()
      .match(/[\p{L}\p{Nd}]+/gu)
      ?.join("-");
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
