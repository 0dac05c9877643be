import type { Message } from "../../../src/api";

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
    ...more,
  };
}

/** The messages from (inclusive) to (exclusive). */
export function messages(from: number, to: number): Message[] {
  return Array.from({ length: to - from }, (_, i) => message(from + i));
}
