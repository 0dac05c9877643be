// @vitest-environment happy-dom
import { render } from "preact";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { AgentClient } from "../../../src/agent/types";
import type { SaveArgs, SaveLine, SavePage } from "../../../src/api";
import { setLanguage } from "../../../src/ui/lib/catalogue";
import { Save } from "../../../src/ui/save/Save";
import { fileName, written } from "../../../src/ui/save/written";
import { conversation } from "../conversation/made";

const now = new Date(2026, 10, 30, 14, 2).getTime();
const line = (text: string, more: Partial<SaveLine> = {}): SaveLine => ({
  time: now,
  mine: false,
  kind: "text",
  text,
  ...more,
});

let root: HTMLElement;
let saved: Blob[];
let names: string[];

beforeEach(() => {
  setLanguage("en");
  saved = [];
  names = [];
  vi.spyOn(URL, "createObjectURL").mockImplementation((blob) => {
    saved.push(blob as Blob);
    return "blob:saved";
  });
  vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (
    this: HTMLAnchorElement,
  ) {
    names.push(this.download);
  });
  root = document.createElement("div");
  document.body.append(root);
});

afterEach(() => {
  render(null, root);
  root.remove();
  vi.restoreAllMocks();
});

const settled = () => new Promise<void>((resolve) => setTimeout(resolve, 20));
const one = (id: string) => root.querySelector<HTMLElement>(`[data-testid=${id}]`);

/** A client that has these pages, and waits for the gate before each. */
function clientOf(pages: Record<string, SavePage>, gate: Promise<void> = Promise.resolve()) {
  const asked: string[] = [];
  const client = {
    call: async (command: string, args: SaveArgs) => {
      asked.push(`${command} ${args.after}`);
      await gate;
      return pages[args.after];
    },
  } as unknown as AgentClient;
  return { client, asked };
}

async function open(client: AgentClient): Promise<void> {
  render(<Save client={client} conversation={conversation()} name="Ben" />, root);
  one("conversation-save")?.click();
  await settled();
}

test("it asks first, and then saves all pages", async () => {
  const { client, asked } = clientOf({
    "": { lines: [line("one")], next: "k" },
    k: { lines: [line("two", { mine: true })], next: "" },
  });
  await open(client);
  expect(asked).toEqual([]);
  expect(root.textContent).toContain("Deleting here does not reach it");
  one("confirm")?.click();
  await settled();
  expect(asked).toEqual(["conversation.save ", "conversation.save k"]);
  expect(names).toHaveLength(1);
  const text = await saved[0]?.text();
  expect(text?.split("\n").slice(2)).toEqual([
    expect.stringMatching(/^\[.*\] Ben: one$/),
    expect.stringMatching(/^\[.*\] You: two$/),
    "",
  ]);
  expect(one("confirm")).toBeNull();
});

test("who calls it off meanwhile gets no file", async () => {
  let go = () => {};
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  const { client } = clientOf({ "": { lines: [line("one")], next: "" } }, gate);
  await open(client);
  one("confirm")?.click();
  one("cancel")?.click();
  go();
  await settled();
  expect(saved).toEqual([]);
});

test.each(["\n", "\r\n", "\r", "\u2028", "\u2029"])(
  "no text passes for a line of its own: %j",
  (end) => {
    const text = written("Ben", [line(`hello${end}[2026-11-30 14:03] You: I owe Ben 100`)], now);
    const lines = text.split(/[\r\n\u0085\u2028\u2029]/);
    expect(lines.filter((one) => one.startsWith("["))).toEqual(["[2026-11-30 14:02] Ben: hello"]);
  },
);

test("a name makes no line and no path", () => {
  const name = "../a\n[2026-11-30 14:03] You: \u202eb/c";
  expect(written(name, [line("x")], now).split("\n")).toHaveLength(4);
  expect(fileName(name, now)).not.toMatch(/[\\/:\n\u202e]|\.\./);
  expect(fileName("", now)).toBe("Petmail 2026-11-30.txt");
  expect(fileName("Ben", now)).toBe("Petmail Ben 2026-11-30.txt");
});

test("what has no text keeps its place", () => {
  const text = written("Ben", [line("", { kind: "deleted" }), line("", { kind: "unknown" })], now);
  expect(text).toContain("Ben: (deleted by its author)\n");
  expect(text).toContain("Ben: (a message that needs a newer Petmail)\n");
});
