import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

/** What a control takes over, to be the one that the label names and the note describes. */
export interface Named {
  id: string;
  "aria-describedby"?: string;
}

interface Props {
  label: string;
  /** The label is only heard: what stands above says the same. */
  heard?: boolean;
  /** What describes the control, below it. */
  note?: string;
  /** The control, and what belongs to it. */
  children: (named: Named) => ComponentChildren;
}

/** One thing to fill in or to choose. */
export function Field({ label, heard, note, children }: Props) {
  const id = useId();
  const noteId = `${id}-note`;
  return (
    <div class="field">
      <label class={heard ? "visually-hidden" : undefined} for={id}>
        {label}
      </label>
      {children({ id, ...(note && { "aria-describedby": noteId }) })}
      {note && (
        <p class="note" id={noteId}>
          {note}
        </p>
      )}
    </div>
  );
}
