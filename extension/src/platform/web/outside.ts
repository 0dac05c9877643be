import { connect } from "../../agent/client";
import { hold } from "../../agent/names";
import { type Outside, observe } from "../observer";

/** The lock of the tab that shows notifications for all tabs. */
const observerName = "petmail/observer";

/** Shows badge and notifications, from one tab at a time. */
export async function observeFromPage(): Promise<void> {
  await hold(observerName);
  observe(connect(), outside);
}

const outside: Outside = {
  badge: (unread) => {
    if (unread) void navigator.setAppBadge?.(unread).catch(() => undefined);
    else void navigator.clearAppBadge?.().catch(() => undefined);
  },
  notify: ({ tag, title, body }) => void show(tag, title, body),
  unnotify: (tag) => void withdraw(tag),
  clear: () => void withdraw(),
  relay: () => undefined,
};

const icon = "/icons/icon-192.png";

/** Notifications shown without a service worker, by tag. */
const plain = new Map<string, Notification>();

async function show(tag: string, title: string, body: string): Promise<void> {
  if (!("Notification" in globalThis) || Notification.permission !== "granted") return;
  const registration = await navigator.serviceWorker?.getRegistration();
  if (registration?.active) {
    await registration.showNotification(title, { body, tag, icon });
    return;
  }
  const notification = new Notification(title, { body, tag, icon });
  plain.set(tag, notification);
  notification.onclose = () => plain.delete(tag);
  notification.onclick = () => {
    window.focus();
    notification.close();
  };
}

/** Closes the notifications with a tag; without one, all. */
async function withdraw(tag?: string): Promise<void> {
  for (const [shownTag, notification] of plain) {
    if (tag === undefined || tag === shownTag) notification.close();
  }
  const registration = await navigator.serviceWorker?.getRegistration();
  const shown = (await registration?.getNotifications(tag === undefined ? {} : { tag })) ?? [];
  for (const notification of shown) notification.close();
}
