import type { State } from "../lib/state";

/** Signs of the person are passed on at most this often, in ms. */
const pace = 5_000;

const signs = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"] as const;

/**
 * Tells the agent while the person is at this page, where it would lock without
 * that. Returns the way to stop.
 */
export function watchActivity(state: State): () => void {
  let last = 0;
  const sign = () => {
    const data = state.data.peek();
    const now = Date.now();
    if (data?.phase !== "ready" || !data.locks?.length || !data.settings.autoLock) return;
    if (now - last < pace && now >= last) return;
    last = now;
    state.client.call("active", {}).catch(() => undefined); // the next sign tells again
  };
  for (const type of signs) {
    globalThis.addEventListener(type, sign, { capture: true, passive: true });
  }
  return () => {
    for (const type of signs) globalThis.removeEventListener(type, sign, { capture: true });
  };
}
