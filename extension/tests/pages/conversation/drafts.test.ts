// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { AgentClient } from "../../../src/agent/types";
import { MaxDraft, type Snapshot } from "../../../src/api";
import { Drafts } from "../../../src/ui/conversation/drafts";

let saved: string[];
let refuse: boolean;
let answers: boolean;
let going: (() => void)[];
let drafts: Drafts;

beforeEach(() => {
  vi.useFakeTimers();
  saved = [];
  refuse = false;
  answers = true;
  going = [];
  const client = {
    call: async (command: string, args: { conversation: string; text: string }) => {
      if (refuse) throw new Error("no agent");
      saved.push(`${command} ${args.conversation}: ${args.text}`);
      if (!answers) await new Promise<void>((resolve) => going.push(resolve));
      return {};
    },
  } as unknown as AgentClient;
  drafts = new Drafts(client);
});

afterEach(() => vi.useRealTimers());

const told = (text: string, id = text && "an id") =>
  drafts.take({ kind: "draft", data: { conversation: "c", text, id } });
const snapshot = (...texts: string[]) =>
  drafts.take({
    kind: "snapshot",
    data: { drafts: texts.map((text) => ({ conversation: "c", text, id: text })) } as Snapshot,
  });

test("who types is saved on the way, not only at the end", () => {
  for (const text of ["h", "he", "hel", "hell", "hello"]) {
    drafts.set("c", text);
    vi.advanceTimersByTime(100);
  }
  expect(saved.length).toBeGreaterThan(0);
  vi.advanceTimersByTime(1_000);
  expect(saved.at(-1)).toBe("draft c: hello");
  expect(saved.length).toBeLessThan(4);
});

test("what the agent kept is there again, and what others change is shown", () => {
  snapshot("kept");
  expect(drafts.get("c")).toBe("kept");
  const heard: string[] = [];
  const stop = drafts.onChange("c", (text) => heard.push(text));
  told("from elsewhere");
  drafts.take({ kind: "conversationRemoved", data: "c" });
  stop();
  told("unheard");
  expect(heard).toEqual(["from elsewhere", ""]);
  expect(saved).toEqual([]);
});

test("an echo of what was saved does not take back what was typed since", () => {
  drafts.set("c", "one");
  vi.advanceTimersByTime(1_000);
  drafts.set("c", "one two");
  told("one");
  expect(drafts.get("c")).toBe("one two");
  vi.advanceTimersByTime(1_000);
  expect(saved.at(-1)).toBe("draft c: one two");
});

test("sending forgets, saves nothing, and an older echo does not bring it back", async () => {
  drafts.set("c", "hello");
  let answer: (() => void) | undefined;
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const sending = drafts.sending("c", () => answered);
  told("hello");
  vi.advanceTimersByTime(1_000);
  expect(drafts.get("c")).toBe("");
  answer?.();
  await sending;
  expect(saved).toEqual([]);
});

test("what no agent has taken is given to the next", async () => {
  refuse = true;
  drafts.set("c", "hello");
  await vi.advanceTimersByTimeAsync(1_000);
  expect(saved).toEqual([]);
  refuse = false;
  answers = true;
  going = [];
  snapshot();
  expect(drafts.get("c")).toBe("hello");
  expect(saved).toEqual(["draft c: hello"]);
});

test("what is cleared is not saved afterwards", () => {
  drafts.set("c", "hello");
  drafts.clear();
  vi.advanceTimersByTime(1_000);
  expect(saved).toEqual([]);
  expect(drafts.get("c")).toBe("");
});

test("what is typed first is with the agent soon", () => {
  drafts.set("c", "h");
  vi.advanceTimersByTime(100);
  expect(saved).toEqual(["draft c: h"]);
});

test("who sends says which draft it was, once", async () => {
  told("from the other tab", "7");
  const ids: string[] = [];
  await drafts.sending("c", async (id) => void ids.push(id));
  await drafts.sending("c", async (id) => void ids.push(id));
  expect(ids).toEqual(["7", ""]);
  drafts.set("c", "typed here");
  told("typed", "8"); // the echo of a part
  expect(drafts.get("c")).toBe("typed here");
  await drafts.sending("c", async (id) => {
    told("typed", "8"); // and another that comes late
    ids.push(id);
  });
  told("", "");
  await drafts.sending("c", async (id) => void ids.push(id));
  expect(ids.slice(2)).toEqual(["8", ""]);
});

test("of what is too long, what was typed last is kept", () => {
  drafts.set("c", `${"a".repeat(MaxDraft)}end`);
  vi.advanceTimersByTime(1_000);
  expect(saved.at(-1)).toMatch(/^draft c: a+end$/);
  expect(saved.at(-1)).toHaveLength("draft c: ".length + MaxDraft);
  const at = 30_000;
  const text = `${"ü".repeat(at)}here${"ü".repeat(2_000_000)}`;
  drafts.set("c", text, at + 4);
  vi.advanceTimersByTime(1_000);
  expect(saved.at(-1)).toMatch(/ü+hereü+$/);
  expect(new TextEncoder().encode(saved.at(-1)).length).toBeLessThan(MaxDraft + 20);
  drafts.set("c", `x${"😀".repeat(MaxDraft)}`);
  vi.advanceTimersByTime(1_000);
  expect(saved.at(-1)).toMatch(/^draft c: (😀)+$/u);
  expect(drafts.get("c")).toHaveLength(1 + 2 * MaxDraft);
});

test("a lock waits until the agent has what was typed, but not for ever", async () => {
  drafts.set("c", "one");
  drafts.set("c", "one two");
  await drafts.settle();
  expect(saved.at(-1)).toBe("draft c: one two");
  answers = false;
  drafts.set("c", "one two three");
  const settled = vi.fn();
  void drafts.settle().then(settled);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(settled).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(settled).toHaveBeenCalled();
  for (const go of going) go();
  await vi.advanceTimersByTimeAsync(0);
});

test("the browser asks before a tab goes whose last words are on their way", async () => {
  answers = false;
  drafts.set("c", "one");
  const leaving = () => {
    const event = new Event("beforeunload", { cancelable: true });
    globalThis.dispatchEvent(event);
    return event.defaultPrevented;
  };
  expect(leaving()).toBe(true);
  for (const go of going) go();
  await vi.advanceTimersByTimeAsync(0);
  expect(leaving()).toBe(false);
});
