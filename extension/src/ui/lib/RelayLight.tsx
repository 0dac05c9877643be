import type { RelayState } from "../../api";
import { t } from "./catalogue";
import "./relay-light.css";

/** Whether the relay is reached, in words and as a light. */
export function RelayLight({ relay, testid }: { relay: RelayState; testid?: string }) {
  return (
    <span class="relay-light" role="status" data-testid={testid} data-state={relay.state}>
      <span class={`light ${relay.state}`} aria-hidden="true" />
      {t(`relay.${relay.state}`)}
    </span>
  );
}
