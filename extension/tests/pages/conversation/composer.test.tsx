// @vitest-environment happy-dom
import { render } from "preact";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { AgentError } from "../../../src/agent/types";
import { type Conversation, MaxTextBytes } from "../../../src/api";
import { Composer } from "../../../src/ui/conversation/Composer";
import { Drafts } from "../../../src/ui/conversation/drafts";
import { t } from "../../../src/ui/conversation/texts";
import { setLanguage } from "../../../src/ui/lib/catalogue";
import { conversation } from "./made";

let root: HTMLElement;
let coarse = false;

beforeEach(() => {
  setLanguage("en");
  coarse = false;
  vi.stubGlobal("matchMedia", () => ({ matches: coarse }));
  root = document.createElement("div");
  document.body.append(root);
});

afterEach(() => {
  render(null, root);
  root.remove();
  vi.unstubAllGlobals();
});

function show(send: (text: string) => Promise<void>, drafts = new Drafts(), to = conversation()) {
  render(<Composer conversation={to} drafts={drafts} send={send} focus />, root);
  return drafts;
}

const field = () => root.querySelector("textarea") as HTMLTextAreaElement;
const said = () => root.querySelector("[role=alert]")?.textContent ?? "";
const settled = () => new Promise<void>((resolve) => setTimeout(resolve));

async function write(text: string): Promise<void> {
  field().value = text;
  field().dispatchEvent(new InputEvent("input", { bubbles: true }));
  await settled();
}

async function press(init: KeyboardEventInit): Promise<boolean> {
  const event = new KeyboardEvent("keydown", { bubbles: true, cancelable: true, ...init });
  field().dispatchEvent(event);
  await settled();
  return event.defaultPrevented;
}

test("Enter sends and empties the field", async () => {
  const send = vi.fn(async () => {});
  show(send);
  await write("hello\nthere");
  expect(await press({ key: "Enter" })).toBe(true);
  expect(send.mock.calls).toEqual([["hello\nthere", ""]]);
  expect(field().value).toBe("");
});

test.each<[string, KeyboardEventInit, boolean]>([
  ["Shift+Enter", { key: "Enter", shiftKey: true }, false],
  ["Enter while a character is composed", { key: "Enter", isComposing: true }, false],
  ["Enter on a touch screen", { key: "Enter" }, true],
])("%s does not send", async (_, key, touch) => {
  coarse = touch;
  const send = vi.fn(async () => {});
  show(send);
  await write("hello");
  expect(await press(key)).toBe(false);
  expect(send).not.toHaveBeenCalled();
  expect(field().value).toBe("hello");
});

test.each(["", "  \n "])("nothing is sent of %j", async (text) => {
  const send = vi.fn(async () => {});
  show(send);
  await write(text);
  await press({ key: "Enter" });
  expect(send).not.toHaveBeenCalled();
});

test("a text that was refused is given back, before what was written since", async () => {
  let refuse = (_: Error) => {};
  const drafts = show(
    () =>
      new Promise<void>((_, reject) => {
        refuse = reject;
      }),
  );
  await write("first");
  await press({ key: "Enter" });
  await write("second");
  refuse(new AgentError("storage", "full"));
  await settled();
  expect(field().value).toBe("first\nsecond");
  expect(drafts.get("c")).toBe("first\nsecond");
  expect(said()).toBe(t("error.storage"));
  await write("first");
  expect(said()).toBe("");
});

test("a text that got lost on the way is given back with a warning not to repeat it", async () => {
  show(() => Promise.reject(new AgentError("lost", "restarted")));
  await write("hello");
  await press({ key: "Enter" });
  expect(field().value).toBe("hello");
  expect(said()).toBe(t("conversation.lost"));
});

test("the limit is one of bytes, and what is longer stays", async () => {
  const send = vi.fn(async () => {});
  show(send);
  await write("a".repeat(MaxTextBytes));
  expect(said()).toBe("");
  await write("ä".repeat(MaxTextBytes / 2 + 1));
  expect(said()).toBe(t("conversation.tooLong"));
  await press({ key: "Enter" });
  expect(send).not.toHaveBeenCalled();
  expect(field().value).toHaveLength(MaxTextBytes / 2 + 1);
});

test("a draft is there again when the conversation is opened again", async () => {
  const drafts = show(async () => {});
  await write("half a sen");
  render(null, root);
  const other: Conversation = conversation({ id: "d" });
  show(async () => {}, drafts, other);
  expect(field().value).toBe("");
  render(null, root);
  show(async () => {}, drafts);
  expect(field().value).toBe("half a sen");
});

test.each(["\u200b", "\u2800\u3164", "\u0000"])("%j is not sent, and it says why", async (text) => {
  const send = vi.fn(async () => {});
  show(send);
  await write(text);
  await press({ key: "Enter" });
  expect(send).not.toHaveBeenCalled();
  expect(said()).toBe(t("error.invisible"));
});

test("a field that is full anyway is not laid out to be measured", async () => {
  show(vi.fn(async () => {}));
  const measured = vi.spyOn(field(), "scrollHeight", "get");
  await write("short");
  expect(measured).toHaveBeenCalled();
  measured.mockClear();
  await write("a".repeat(1_000_000));
  expect(measured).not.toHaveBeenCalled();
  expect(field().style.height).toBe("100vh");
});
