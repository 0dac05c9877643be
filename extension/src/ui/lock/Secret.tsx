import type { RefObject } from "preact";
import { useId, useState } from "preact/hooks";
import { t } from "../catalogue";

interface Props {
  label: string;
  value: string;
  onInput: (value: string) => void;
  /** Names the field in its form, too. */
  testid: string;
  /** For password managers. */
  autocomplete: "current-password" | "new-password";
  field?: RefObject<HTMLInputElement | null>;
  /** Id of what describes the field. */
  describedby?: string;
}

/** A field for a passphrase, with a way to see what one types. */
export function SecretField(props: Props) {
  const id = useId();
  const [shown, setShown] = useState(false);
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      <input
        id={id}
        {...(props.field && { ref: props.field })}
        {...(shown ? { type: "text" as const } : { type: "password" as const })}
        name={props.testid}
        data-testid={props.testid}
        value={props.value}
        autocomplete={props.autocomplete}
        autocapitalize="none"
        spellcheck={false}
        dir="auto"
        aria-describedby={props.describedby}
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
    </div>
  );
}
