import { useId } from "preact/hooks";

interface Props {
  label: string;
  note: string;
  on: boolean;
  testid: string;
  onChange: (on: boolean) => void;
}

/** Something that is on or off. It shows what the agent has, not what was clicked. */
export function Switch({ label, note, on, testid, onChange }: Props) {
  const noteId = useId();
  return (
    <div class="switch-row">
      <label class="switch">
        <input
          type="checkbox"
          role="switch"
          checked={on}
          data-testid={testid}
          aria-describedby={noteId}
          onChange={(event) => {
            const wanted = event.currentTarget.checked;
            event.currentTarget.checked = on;
            onChange(wanted);
          }}
        />
        <span>{label}</span>
      </label>
      <p class="note" id={noteId}>
        {note}
      </p>
    </div>
  );
}
