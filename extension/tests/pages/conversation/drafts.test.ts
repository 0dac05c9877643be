import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { AgentClient } from "../../../src/agent/types";
import type { Snapshot } from "../../../src/api";
import { Drafts } from "../../../src/ui/conversation/drafts";

let saved: string[];
let refuse: boolean;
let drafts: Drafts;

beforeEach(() => {
  vi.useFakeTimers();
  saved = [];
  refuse = false;
  const client = {
    call: async (command: string, args: { conversation: string; text: string }) => {
      if (refuse) throw new Error("no agent");
      saved.push(`${command} ${args.conversation}: ${args.text}`);
      return {};
    },
  } as unknown as AgentClient;
  drafts = new Drafts(client);
});

afterEach(() => vi.useRealTimers());

const told = (text: string) => drafts.take({ draft: { conversation: "c", text } });
const snapshot = (...texts: string[]) =>
  drafts.take({
    snapshot: { drafts: texts.map((text) => ({ conversation: "c", text })) } as Snapshot,
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
  drafts.take({ conversationRemoved: "c" });
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
