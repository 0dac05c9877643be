// Chromium's service worker. It may die at any moment and keeps nothing: the
// agent runs in the offscreen document, which outlives it.
import { takeOver } from "./links";
import type { ExtensionMessage } from "./messages";
import { erased, listenForClicks, outside } from "./outside";

const page = "offscreen.html";

let creating: Promise<void> | undefined;

/** Creates the offscreen document if there is none; never two at once. */
function ensureOffscreen(): Promise<void> {
  creating ??= create().finally(() => {
    creating = undefined;
  });
  return creating;
}

async function create(): Promise<void> {
  const there = await chrome.runtime.getContexts({
    contextTypes: [chrome.runtime.ContextType.OFFSCREEN_DOCUMENT],
  });
  if (there.length > 0) return;
  await chrome.offscreen.createDocument({
    url: page,
    reasons: [chrome.offscreen.Reason.WORKERS],
    justification: "The agent, which receives messages, runs in a Worker.",
  });
}

function begin(): void {
  void ensureOffscreen();
  void takeOver(import.meta.env.VITE_DEFAULT_RELAY);
}

chrome.runtime.onInstalled.addListener(begin);
chrome.runtime.onStartup.addListener(begin);
chrome.permissions.onAdded.addListener(listenForClicks);
listenForClicks();

chrome.runtime.onMessage.addListener((message: ExtensionMessage, _sender, answer) => {
  if ("ensure" in message) {
    ensureOffscreen().then(
      () => answer(true),
      () => answer(false),
    );
    return true; // answered later
  }
  if ("erased" in message) {
    erased().then(
      () => answer(true),
      () => answer(false),
    );
    return true;
  }
  if ("badge" in message) outside.badge(message.badge);
  if ("notify" in message) outside.notify(message.notify);
  if ("unnotify" in message) outside.unnotify(message.unnotify);
  if ("clear" in message) outside.clear();
  if ("relay" in message) outside.relay(message.relay);
  return false;
});
