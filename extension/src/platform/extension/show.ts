import { send } from "./messages";

/** The fragment that brings a conversation to a newly opened app. */
export const conversationPrefix = "#conversation=";

/** Brings the app to the front, opening it if it is not open. */
export async function showApp(conversation?: string): Promise<void> {
  if ((await send({ show: conversation ? { conversation } : {} })) === true) return;
  const hash = conversation ? conversationPrefix + encodeURIComponent(conversation) : "";
  await chrome.tabs.create({ url: chrome.runtime.getURL(`app.html${hash}`) });
}

/** The address of the app that takes an invite link. */
export function appWithInvite(inviteLink: string): string {
  return chrome.runtime.getURL(`app.html#${encodeURIComponent(inviteLink)}`);
}
