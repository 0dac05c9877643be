import type { Ref } from "preact";
import { MAX_INVITE_TEXT } from "../../platform/link";

interface Props {
  id: string;
  field: Ref<HTMLTextAreaElement>;
  value: string;
  onInput: (text: string) => void;
  invalid: boolean;
  /** Ids of what describes it. */
  describedBy: string;
}

/**
 * The field for a code or link. What is pasted keeps its line ends, which the
 * reader needs to tell one word from the next; Enter sends all the same.
 */
export function OfferField({ id, field, value, onInput, invalid, describedBy }: Props) {
  return (
    <textarea
      id={id}
      ref={field}
      class="offer"
      data-testid={id}
      value={value}
      rows={1}
      maxLength={MAX_INVITE_TEXT}
      dir="ltr"
      autocomplete="off"
      autocapitalize="none"
      spellcheck={false}
      aria-invalid={invalid ? true : undefined}
      aria-describedby={describedBy}
      onInput={(event) => onInput(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key !== "Enter" || event.isComposing) return;
        event.preventDefault();
        event.currentTarget.form?.requestSubmit();
      }}
    />
  );
}
