import type { ComponentChildren } from "preact";
import { Icon, type IconName } from "./Icon";
import "./open-items.css";

/** What is under way and not a person, above the people in the list. */
export function OpenItems({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <ul class="open-items" aria-label={label}>
      {children}
    </ul>
  );
}

interface ItemProps {
  icon: IconName;
  testid: string;
  name: ComponentChildren;
  /** How it stands, in a word or two. */
  status: string;
  /** Whether that is bad. */
  bad: boolean;
  /** Whether the main pane shows it. */
  shown: boolean;
  onOpen: () => void;
}

export function OpenItem({ icon, testid, name, status, bad, shown, onOpen }: ItemProps) {
  return (
    <li>
      <button
        type="button"
        class={`open-item${shown ? " on" : ""}`}
        data-testid={testid}
        aria-current={shown ? "true" : undefined}
        onClick={onOpen}
      >
        <span class="open-item-sign" aria-hidden="true">
          <Icon name={icon} />
        </span>
        <span>
          <span class="open-item-name">{name}</span>
          <small class={bad ? "bad" : ""}>{status}</small>
        </span>
      </button>
    </li>
  );
}
