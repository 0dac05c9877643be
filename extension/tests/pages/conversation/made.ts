import type { Conversation, Message } from "../../../src/api";

/** The n-th message of a conversation; even ones are received. */
export function message(n: number, more: Partial<Message> = {}): Message {
  const cursor = String(n).padStart(8, "0");
  return {
    id: cursor,
    cursor,
    mine: n % 2 === 1,
    kind: "text",
    text: `message ${n}`,
    time: 1_700_000_000_000 + n * 1000,
    state: n % 2 === 1 ? "sent" : "received",
    timer: 0,
    expires: 0,
    deletion: "",
    ...more,
  };
}

/** The messages from (inclusive) to (exclusive). */
export function messages(from: number, to: number): Message[] {
  return Array.from({ length: to - from }, (_, i) => message(from + i));
}

export function conversation(more: Partial<Conversation> = {}): Conversation {
  return {
    id: "c",
    name: "Nora",
    theirName: "Nora",
    relayRefused: false,
    state: "open",
    met: "link",
    verified: false,
    keyAlarm: false,
    unread: 0,
    activity: 1_700_000_000_000,
    preview: "hello",
    previewMine: false,
    previewUnknown: false,
    relay: "https://relay.example",
    created: 1_700_000_000_000,
    timer: 0,
    ...more,
  };
}
