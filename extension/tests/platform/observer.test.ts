import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { AgentClient } from "../../src/agent/types";
import type { Conversation, Event, Message, Settings, Snapshot } from "../../src/api";
import { observe } from "../../src/platform/observer";

let emit: (event: Event) => void;
let log: string[];

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("navigator", { language: "en-GB" });
  log = [];
  const client = {
    onEvent: (listener: (event: Event) => void) => {
      emit = listener;
      return () => undefined;
    },
  } as AgentClient;
  observe(client, {
    badge: (unread) => log.push(`badge ${unread}`),
    notify: ({ tag, title, body }) => log.push(`notify ${tag}: ${title}: ${body}`),
    unnotify: (tag) => log.push(`unnotify ${tag}`),
    clear: () => log.push("clear"),
    relay: (url) => log.push(`relay ${url}`),
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function snapshot(settings: Partial<Settings>, ...conversations: Conversation[]): void {
  emit({
    kind: "snapshot",
    data: {
      phase: "ready",
      conversations,
      settings: { notifications: false, language: "", quickReceipts: false, ...settings },
      relay: { url: "https://relay.example", state: "connected", retryAt: 0, keyAlarm: false },
    } as unknown as Snapshot,
  });
}

function conversation(id: string, unread: number, name = `Name of ${id}`): Conversation {
  return { id, unread, name } as Conversation;
}

function message(id: string, options: { fresh?: boolean; mine?: boolean } = {}): Event {
  const { fresh = true, mine = false } = options;
  const data = { conversation: id, fresh, message: { mine, text: "secret" } as Message };
  return { kind: "message", data };
}

test("the badge counts unread messages over all conversations", () => {
  snapshot({}, conversation("a", 2), conversation("b", 1));
  emit({ kind: "conversation", data: conversation("b", 1) });
  emit({ kind: "conversation", data: conversation("c", 4) });
  emit({ kind: "conversationRemoved", data: "a" });
  snapshot({}, conversation("b", 0));
  expect(log.filter((line) => line.startsWith("badge"))).toEqual([
    "badge 3",
    "badge 7",
    "badge 5",
    "badge 0",
  ]);
});

test("nothing is notified unless it was switched on", () => {
  snapshot({}, conversation("a", 0));
  emit({ kind: "conversation", data: conversation("a", 1) });
  emit(message("a"));
  vi.runAllTimers();
  expect(log.filter((line) => line.startsWith("notify"))).toEqual([]);
  emit({ kind: "settings", data: { notifications: true, language: "de", quickReceipts: false } });
  emit(message("a"));
  vi.runAllTimers();
  expect(log.at(-1)).toBe("notify a: Name of a: Neue Nachricht");
});

test("a notification names the petname and nothing of the message", () => {
  snapshot({ notifications: true }, conversation("a", 0));
  emit(message("a"));
  emit({ kind: "conversation", data: conversation("a", 1, "Ben") });
  vi.runAllTimers();
  expect(log.at(-1)).toBe("notify a: Ben: New message");
  expect(log.join()).not.toContain("secret");
});

test("what is read at once, mine or not fresh is not notified", () => {
  snapshot({ notifications: true }, conversation("a", 0), conversation("b", 1));
  emit({ kind: "conversation", data: conversation("a", 1) });
  emit(message("a"));
  emit({ kind: "conversation", data: conversation("a", 0) });
  emit(message("b", { fresh: false }));
  emit(message("b", { mine: true }));
  emit(message("unknown"));
  vi.runAllTimers();
  expect(log.filter((line) => line.startsWith("notify"))).toEqual([]);
});

test("a notification goes when its conversation is read or removed", () => {
  snapshot({ notifications: true }, conversation("a", 1), conversation("b", 1));
  emit(message("a"));
  emit(message("b"));
  vi.runAllTimers();
  emit({ kind: "conversation", data: conversation("a", 0) });
  emit({ kind: "conversation", data: conversation("a", 0) });
  emit({ kind: "conversationRemoved", data: "b" });
  expect(log.filter((line) => line.startsWith("unnotify"))).toEqual(["unnotify a", "unnotify b"]);
});

test("the relay is told", () => {
  snapshot({});
  expect(log).toContain("relay https://relay.example");
});

test("locked, everything that was shown is taken away, and nothing else is said", () => {
  snapshot({ notifications: true }, conversation("a", 1));
  emit(message("a"));
  vi.advanceTimersByTime(2_000);
  emit({
    kind: "snapshot",
    data: {
      phase: "locked",
      conversations: [],
      settings: {},
      relay: { url: "" },
    } as unknown as Snapshot,
  });
  emit(message("a"));
  vi.advanceTimersByTime(2_000);
  expect(log.filter((line) => !line.startsWith("relay"))).toEqual([
    "badge 1",
    "notify a: Name of a: New message",
    "clear",
    "badge 0",
  ]);
});

test("what goes takes its notification along, whoever has shown it", () => {
  snapshot({ notifications: true }, conversation("a", 1), conversation("b", 1));
  emit(message("a"));
  vi.advanceTimersByTime(2_000);
  emit({ kind: "conversation", data: conversation("a", 0) }); // the one unread message was deleted
  emit({ kind: "conversationRemoved", data: "b" }); // shown before the browser was restarted
  expect(log.filter((line) => line.startsWith("unnotify"))).toEqual(["unnotify a", "unnotify b"]);
});

test("notifications of an earlier life go when nothing is unread any more", () => {
  snapshot({ notifications: true }, conversation("a", 0));
  snapshot({ notifications: true }, conversation("a", 0));
  expect(log.filter((line) => line === "clear")).toHaveLength(1);
});

test("who has no name that shows has words in its place", () => {
  snapshot({ notifications: true }, conversation("a", 1, ""));
  emit(message("a"));
  vi.advanceTimersByTime(1_000);
  expect(log).toContain("notify a: No name: New message");
});
