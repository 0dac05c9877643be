import { platform } from "../../platform";

let asked = false;

/**
 * Asks the browser to keep our data, once in a page's life and only when there
 * is something to keep: the person looks at a conversation. One that said no
 * is not asked again.
 */
export async function askToKeep(): Promise<void> {
  if (asked) return;
  asked = true;
  if (!(await platform.persisted()) && (await platform.mayAskToPersist())) await platform.persist();
}
