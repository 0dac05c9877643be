/** What parts of the extension say to each other by runtime.sendMessage. */
export type ExtensionMessage =
  /** To the background: see that the agent runs. Answered with true. */
  | { ensure: true }
  /** Offscreen document to service worker: what only that can show. */
  | { badge: number }
  | { notify: { tag: string; title: string; body: string } }
  | { unnotify: string }
  | { clear: true }
  | { relay: string }
  /** This Petmail was deleted: clear what the browser keeps of it. Answered with true. */
  | { erased: true }
  /** To an app that is open: come to the front. Answered with true. */
  | { show: { conversation?: string } };

/** Sends a message; undefined if nobody answers. */
export async function send(message: ExtensionMessage): Promise<unknown> {
  try {
    return await chrome.runtime.sendMessage(message);
  } catch {
    return undefined; // nobody listens
  }
}
