import type { AgentClient } from "../agent/types";

/**
 * Has the agent reconnect at once, instead of after its back-off, when the
 * network is back or the person looks at the page.
 */
export function nudgeOnReturn(client: AgentClient): void {
  let ready = false;
  client.onState((state) => {
    ready = state === "ready";
  });
  const nudge = () => {
    // One that got lost is made up for by the new agent, which connects anyway.
    if (ready && document.visibilityState === "visible") {
      client.call("nudge", {}).catch(() => undefined);
    }
  };
  globalThis.addEventListener("online", nudge);
  document.addEventListener("visibilitychange", nudge);
}
