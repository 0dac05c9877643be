import { useEffect } from "preact/hooks";
import { platform } from "../../platform";
import type { State } from "../lib/state";
import { conversationIn } from "../lib/view";

let asked = false;

/**
 * Asks the browser to keep our data, once in a page's life and only when there
 * is something to keep: the person looks at a conversation. One that said no
 * is not asked again.
 */
export function AskToKeep({ state }: { state: State }) {
  const reading = conversationIn(state.view.value) !== "";
  useEffect(() => {
    if (reading) void askToKeep();
  }, [reading]);
  return null;
}

async function askToKeep(): Promise<void> {
  if (asked) return;
  asked = true;
  if (!(await platform.persisted()) && (await platform.mayAskToPersist())) await platform.persist();
}
