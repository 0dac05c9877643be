import type { AgentClient } from "../agent/types";
import type { Conversation, Event, Settings } from "../api";
import { textsIn } from "./texts";

/** What shows on the outside how things stand in the agent. */
export interface Outside {
  /** The number of unread messages. */
  badge(unread: number): void;
  /** Shows a notification; a later one with the same tag replaces it. */
  notify(notification: { tag: string; title: string; body: string }): void;
  /** Takes the notification of a conversation away. */
  unnotify(tag: string): void;
  /** Takes every notification away, those of earlier lives of the browser too. */
  clear(): void;
  /** The relay of the person's mailbox. */
  relay(url: string): void;
}

/**
 * How long a message may stay unread before the person is notified, in ms: a
 * page that shows it marks it read at once.
 */
const grace = 1_000;

/**
 * Keeps badge and notifications right, whether or not a page is open. It runs
 * once: beside the agent's Worker.
 */
export function observe(client: AgentClient, outside: Outside): void {
  const conversations = new Map<string, Pick<Conversation, "name" | "unread">>();
  const notified = new Set<string>();
  let settings: Settings | undefined;
  let unread = -1;

  const count = () => {
    let sum = 0;
    for (const conversation of conversations.values()) sum += conversation.unread;
    if (sum !== unread) {
      unread = sum;
      outside.badge(sum);
    }
  };

  const remember = ({ id, name, unread }: Conversation) => {
    conversations.set(id, { name, unread });
    if (unread === 0) withdraw(id);
  };

  const withdraw = (id: string) => {
    if (notified.delete(id)) outside.unnotify(id);
  };

  const due = (id: string) => {
    const conversation = conversations.get(id);
    if (!settings?.notifications || !conversation || conversation.unread === 0) return;
    notified.add(id);
    outside.notify({
      tag: id,
      title: conversation.name || textsIn(settings.language).noName,
      body: textsIn(settings.language).newMessage,
    });
  };

  client.onEvent((event: Event) => {
    switch (event.kind) {
      case "snapshot": {
        // What an earlier life has shown may be read, deleted or locked away by now.
        const snapshot = event.data;
        const stale = unread < 0 && snapshot.conversations.every((c) => c.unread === 0);
        if (snapshot.phase !== "ready" || stale) {
          notified.clear();
          outside.clear();
        }
        conversations.clear();
        for (const conversation of snapshot.conversations) remember(conversation);
        settings = snapshot.settings;
        if (snapshot.relay.url) outside.relay(snapshot.relay.url);
        break;
      }
      case "conversation":
        remember(event.data);
        break;
      case "conversationRemoved":
        conversations.delete(event.data);
        notified.add(event.data); // if not by us, then before us
        withdraw(event.data);
        break;
      case "settings":
        settings = event.data;
        break;
      case "relay":
        if (event.data.url) outside.relay(event.data.url);
        break;
      case "message": {
        const { conversation, fresh, message } = event.data;
        if (fresh && !message.mine) setTimeout(() => due(conversation), grace);
        break;
      }
    }
    count();
  });
}
