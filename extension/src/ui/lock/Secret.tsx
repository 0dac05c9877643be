import type { RefObject } from "preact";
import { useState } from "preact/hooks";
import { Field } from "../lib/Field";
import { t } from "./texts";

interface Props {
  label: string;
  value: string;
  onInput: (value: string) => void;
  /** Names the field in its form, too. */
  testid: string;
  /** For password managers. */
  autocomplete: "current-password" | "new-password";
  field?: RefObject<HTMLInputElement | null>;
  /** What describes the field, below it. */
  note?: string;
}

/** A field for a passphrase, with a way to see what one types. */
export function SecretField(props: Props) {
  const [shown, setShown] = useState(false);
  return (
    <Field label={props.label} {...(props.note && { note: props.note })}>
      {(named) => (
        <>
          <input
            {...named}
            {...(props.field && { ref: props.field })}
            {...(shown ? { type: "text" as const } : { type: "password" as const })}
            name={props.testid}
            data-testid={props.testid}
            value={props.value}
            autocomplete={props.autocomplete}
            autocapitalize="none"
            spellcheck={false}
            dir="auto"
            onInput={(event) => props.onInput(event.currentTarget.value)}
          />
          <label class="show-secret">
            <input
              type="checkbox"
              checked={shown}
              onChange={(event) => setShown(event.currentTarget.checked)}
            />
            {t("lock.show")}
          </label>
        </>
      )}
    </Field>
  );
}
