// Firefox's background page: the agent's home.
import { connect } from "../../agent/client";
import { startHost } from "../../agent/host";
import { clearOrigin } from "../erased";
import { forgetBeingHere, rememberBeingHere, wasHere } from "../memory";
import { observe } from "../observer";
import { takeOver } from "./links";
import type { ExtensionMessage } from "./messages";
import { erased, listenForClicks, outside } from "./outside";

/**
 * Firefox ends a background page that has called none of its APIs for 30 s,
 * sockets or not.
 */
const keepAlive = 20_000;

/** Listened to so that the page is started with the browser. */
function begin(): void {
  void takeOver(import.meta.env.VITE_DEFAULT_RELAY);
}

chrome.runtime.onInstalled.addListener(begin);
chrome.runtime.onStartup.addListener(begin);
chrome.permissions.onAdded.addListener(listenForClicks);
listenForClicks();

chrome.runtime.onMessage.addListener((message: ExtensionMessage, _sender, answer) => {
  if ("ensure" in message) answer(true); // by having been started
  return false;
});

setInterval(() => void chrome.runtime.getPlatformInfo(), keepAlive);
startHost({
  version: import.meta.env.VITE_VERSION,
  kept: wasHere,
  erased: async () => {
    forgetBeingHere();
    await clearOrigin();
    await erased();
  },
});
const client = connect();
rememberBeingHere(client);
observe(client, outside);
