import type { ComponentChildren } from "preact";
import { Icon, type IconName } from "./Icon";

interface Props {
  icon?: IconName;
  /** warn: something needs care. */
  tone?: "plain" | "warn" | "good";
  /** alert: read out at once; status: when there is time. */
  role?: "alert" | "status";
  testid?: string;
  children: ComponentChildren;
}

/** A line or two that stand out from what is around them. */
export function Notice({ icon, tone = "plain", role, testid, children }: Props) {
  return (
    <div class={`notice ${tone}`} role={role} data-testid={testid}>
      {icon && <Icon name={icon} />}
      <div class="notice-words">{children}</div>
    </div>
  );
}

/** What went wrong, and what to do; nothing while text is "". */
export function ErrorNote({ id, text }: { id?: string; text: string }) {
  if (!text) return null;
  return (
    <p class="field-error" role="alert" id={id} data-testid="error">
      {text}
    </p>
  );
}
