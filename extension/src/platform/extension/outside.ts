import type { Outside } from "../observer";
import { forgetLinks, takeOver } from "./links";
import { showApp } from "./show";

const badgeColor = "#c8323c";

/** Shows badge and notifications; for the background, which has these APIs. */
export const outside: Outside = {
  badge: (unread) => {
    void chrome.action.setBadgeBackgroundColor({ color: badgeColor });
    void chrome.action.setBadgeText({ text: unread > 99 ? "99+" : unread ? String(unread) : "" });
  },
  notify: ({ tag, title, body }) => {
    // There only once the person has allowed it.
    if (!chrome.notifications) return;
    listenForClicks();
    chrome.notifications.create(tag, {
      type: "basic",
      iconUrl: chrome.runtime.getURL("icons/icon-128.png"),
      title,
      message: body,
    });
  },
  unnotify: (tag) => {
    chrome.notifications?.clear(tag);
  },
  clear: () => {
    chrome.notifications?.getAll((shown) => {
      for (const tag of Object.keys(shown)) chrome.notifications.clear(tag);
    });
  },
  relay: (url) => void takeOver(url),
};

/** Opens the conversation of a notification that is clicked. */
export function listenForClicks(): void {
  if (chrome.notifications && !chrome.notifications.onClicked.hasListener(clicked)) {
    chrome.notifications.onClicked.addListener(clicked);
  }
}

function clicked(tag: string): void {
  chrome.notifications.clear(tag);
  void showApp(tag);
}

/** Clears what the browser keeps of a Petmail that was deleted. */
export async function erased(): Promise<void> {
  await chrome.action.setBadgeText({ text: "" });
  outside.clear();
  await forgetLinks(import.meta.env.VITE_DEFAULT_RELAY);
}
