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
  const id = useId();
  return (
    <div class="switch">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="checkbox"
        // biome-ignore lint/a11y/useAriaPropsForRole: a checkbox tells itself whether it is checked
        role="switch"
        checked={on}
        data-testid={testid}
        aria-describedby={`${id}-note`}
        onChange={(event) => {
          const wanted = event.currentTarget.checked;
          event.currentTarget.checked = on;
          onChange(wanted);
        }}
      />
      <p class="note" id={`${id}-note`}>
        {note}
      </p>
    </div>
  );
}
