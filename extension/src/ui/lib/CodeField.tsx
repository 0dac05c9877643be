import type { RefObject } from "preact";
import { useEffect, useId, useState } from "preact/hooks";
import type { AgentClient } from "../../agent/types";
import { MAX_INVITE_TEXT } from "../../platform/link";
import { t } from "./catalogue";
import { Field } from "./Field";
import "./code.css";

/** So many words to choose from fit below the field. */
const SHOWN = 4;

interface Props {
  client: AgentClient;
  label: string;
  testid: string;
  field: RefObject<HTMLTextAreaElement | null>;
  value: string;
  onInput: (text: string) => void;
  /** Id of what says why the text is wrong; undefined: it is not. */
  error: string | undefined;
  /** What is said below, while no word can be completed. */
  hint: string;
}

/**
 * The field for a code or link. What is pasted keeps its line ends, which the
 * reader needs to tell one word from the next; Enter sends all the same.
 */
export function CodeField(props: Props) {
  const { client, label, testid, field, value, onInput, error, hint } = props;
  const below = useId();
  const completions = useCompletions(client, value);
  return (
    <Field label={label}>
      {(named) => (
        <>
          <textarea
            {...named}
            ref={field}
            class="code-input"
            data-testid={testid}
            value={value}
            rows={1}
            maxLength={MAX_INVITE_TEXT}
            dir="ltr"
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            aria-invalid={error ? true : undefined}
            aria-describedby={error ? `${below} ${error}` : below}
            onInput={(event) => onInput(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key !== "Enter" || event.isComposing) return;
              event.preventDefault();
              event.currentTarget.form?.requestSubmit();
            }}
          />
          {completions.length > 0 ? (
            <ul class="completions" id={below} aria-label={t("enter.completions")}>
              {completions.slice(0, SHOWN).map((completion) => (
                <li key={completion}>
                  <button
                    type="button"
                    class="button small"
                    data-testid="invite-completion"
                    aria-label={completion}
                    onClick={() => {
                      onInput(completion);
                      field.current?.focus();
                    }}
                  >
                    {lastWord(completion)}
                  </button>
                </li>
              ))}
            </ul>
          ) : (
            <p class="note code-hint" id={below} role="status">
              {hint}
            </p>
          )}
        </>
      )}
    </Field>
  );
}

function lastWord(code: string): string {
  // Where more words follow, the completion ends with a dash.
  return code.replace(/-$/, "").split("-").at(-1) ?? code;
}

/** A number and the beginning of a word, in whatever spelling: the agent reads it. */
const BEGUN = /^[^/]{0,100}\p{Nd}[^\p{L}\p{Nd}/]+\p{L}[^/]{0,100}$/u;

/** The whole codes that the text may become, while it is one that is begun. */
function useCompletions(client: AgentClient, text: string): readonly string[] {
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
    client
      .call("words", { text })
      .then((words) => words.completions.filter((completion) => completion !== typed))
      .catch(() => []) // one can type without
      .then((fitting) => current && setCompletions(fitting));
    return () => {
      current = false;
    };
  }, [client, text]);
  return completions;
}
