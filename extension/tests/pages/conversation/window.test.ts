import { expect, test } from "vitest";
import {
  atTail,
  empty,
  KEPT,
  RENDERED,
  showNewer,
  showOlder,
  tail,
  type Window,
  withMessage,
  withNewest,
  withOlder,
  withoutMessage,
} from "../../../src/ui/conversation/window";
import { message, messages } from "./made";

const shown = (w: Window) => w.messages.slice(w.start, w.end).map((m) => m.text);
const whole = (from: number, to: number, more = true) =>
  withNewest(empty, messages(from, to), more);

/** What must hold whatever happens. */
function check(w: Window): void {
  expect(w.start).toBeGreaterThanOrEqual(0);
  expect(w.end).toBeGreaterThanOrEqual(w.start);
  expect(w.end).toBeLessThanOrEqual(w.messages.length);
  expect(w.end - w.start).toBeLessThanOrEqual(RENDERED + 1);
  const cursors = w.messages.map((m) => m.cursor);
  expect(cursors).toEqual([...new Set(cursors)].sort());
}

test("the newest page is shown to its end", () => {
  const w = whole(100, 180);
  expect(atTail(w)).toBe(true);
  expect(shown(w)).toEqual(messages(100, 180).map((m) => m.text));
  expect(whole(0, 0, false)).toEqual(empty);
});

test("a new message goes to the end, once, and changes stand in its place", () => {
  let w = withMessage(whole(0, 3, false), message(3), true);
  w = withMessage(w, message(3), true);
  w = withMessage(w, message(1, { state: "delivered" }), true);
  expect(shown(w)).toEqual(["message 0", "message 1", "message 2", "message 3"]);
  expect(w.messages[1]?.state).toBe("delivered");
  check(w);
});

test("a message that is earlier by its cursor is put where it belongs", () => {
  const w = withMessage(withNewest(empty, [message(0), message(4)], false), message(2), true);
  expect(shown(w)).toEqual(["message 0", "message 2", "message 4"]);
  expect(atTail(w)).toBe(true);
  const first = withMessage(withNewest(empty, [message(2)], false), message(1), true);
  expect(shown(first)).toEqual(["message 1", "message 2"]);
});

test("a message older than what is loaded waits for its page", () => {
  const w = whole(100, 110);
  expect(withMessage(w, message(5), true)).toBe(w);
});

test("the number shown is bounded, scrolling up and down through all", () => {
  let w = whole(920, 1000);
  for (let first = 800; first >= 0; first -= 120) {
    const before = w;
    w = withOlder(w, messages(Math.max(0, first), first + 120), first > 0);
    check(w);
    expect(w.messages.length).toBe(before.messages.length + 120);
    while (w.start > 0) {
      w = showOlder(w);
      check(w);
    }
  }
  expect(shown(w)[0]).toBe("message 80");
  expect(atTail(w)).toBe(false);
  while (!atTail(w)) {
    w = showNewer(w);
    check(w);
  }
  expect(shown(w).at(-1)).toBe("message 999");
});

test("a reader above the newest keeps what is shown when messages come", () => {
  let w = whole(0, 600, false);
  w = showOlder(w);
  const before = shown(w);
  for (let n = 600; n < 700; n++) w = withMessage(w, message(n), false);
  expect(shown(w)).toEqual(before);
  expect(shown(tail(w)).at(-1)).toBe("message 699");
});

test("a reader at the newest follows, and memory is bounded", () => {
  let w = whole(0, 100, false);
  for (let n = 100; n < 3000; n++) {
    w = withMessage(w, message(n), true);
    expect(w.end - w.start).toBeLessThanOrEqual(RENDERED);
  }
  expect(shown(w).at(-1)).toBe("message 2999");
  expect(w.messages.length).toBeLessThanOrEqual(KEPT + RENDERED);
  const dropped = tail(withNewest(empty, messages(0, KEPT + 1), false));
  expect(dropped.more).toBe(true);
  expect(dropped.messages[0]?.text).toBe("message 1");
});

test("a removed message is gone and what is shown stays", () => {
  let w = showOlder(whole(0, 600, false));
  const before = shown(w);
  w = withoutMessage(w, message(0).id);
  expect(shown(w)).toEqual(before);
  w = withoutMessage(w, w.messages[w.start]?.id ?? "");
  expect(shown(w)).toEqual(before.slice(1));
  expect(withoutMessage(w, "nowhere")).toBe(w);
  check(w);
});

test("after the agent was reached anew nothing is missing or twice", () => {
  const w = withNewest(whole(0, 100, false), messages(50, 150), true);
  expect(w.messages.map((m) => m.text)).toEqual(messages(0, 150).map((m) => m.text));
  expect(w.more).toBe(false);
  check(w);
  const gap = withNewest(whole(0, 100, false), messages(200, 300), true);
  expect(gap.messages).toHaveLength(100);
  expect(gap.more).toBe(true);
  const deleted = withNewest(whole(0, 3, false), [message(1)], false);
  expect(shown(deleted)).toEqual(["message 1"]);
});

test("a reader above the newest is not moved when the agent was reached anew", () => {
  const w = showOlder(whole(0, 600, false));
  const again = withNewest(w, messages(450, 650), true);
  expect(shown(again)).toEqual(shown(w));
  check(again);
});
