// @vitest-environment happy-dom
import { render } from "preact";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Conversation } from "../../../src/api";
import { slices } from "../../../src/ui/app/slices";
import { ConversationPane } from "../../../src/ui/conversation/ConversationPane";
import { Drafts } from "../../../src/ui/conversation/drafts";
import { t as said } from "../../../src/ui/conversation/texts";
import { t } from "../../../src/ui/deletion/texts";
import { setLanguage } from "../../../src/ui/lib/catalogue";
import { Slices } from "../../../src/ui/lib/slice";
import { Agent } from "./agent";
import { conversation, message } from "./made";

let root: HTMLElement;

beforeEach(() => {
  setLanguage("en");
  vi.stubGlobal("matchMedia", () => ({ matches: true }));
  // happy-dom has no popovers.
  Object.assign(HTMLElement.prototype, {
    showPopover: () => undefined,
    hidePopover(this: HTMLElement) {
      this.dispatchEvent(Object.assign(new Event("toggle"), { newState: "closed" }));
    },
  });
  root = document.createElement("div");
  document.body.append(root);
});

afterEach(() => {
  render(null, root);
  root.remove();
  vi.unstubAllGlobals();
});

const settled = () =>
  new Promise<void>((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
const all = (id: string) => [...root.querySelectorAll<HTMLElement>(`[data-testid=${id}]`)];
const one = (id: string) => all(id)[0] as HTMLElement;
const texts = () => all("message-text").map((element) => plain(element.textContent));
const plain = (text: string | null) => (text ?? "").replace(/[\u2068\u2069]/g, "");

async function show(agent: Agent, more: Partial<Conversation> = {}): Promise<void> {
  render(
    <Slices.Provider value={slices}>
      <ConversationPane
        key="c"
        client={agent.client}
        conversation={conversation(more)}
        drafts={new Drafts()}
        onBack={() => undefined}
        focus={false}
      />
    </Slices.Provider>,
    root,
  );
  await settled();
  await settled();
}

async function click(element: HTMLElement): Promise<void> {
  element.click();
  await settled();
  await settled();
}

async function menu(at: number): Promise<string[]> {
  await click(all("message-menu")[at] as HTMLElement);
  return [...root.querySelectorAll<HTMLElement>("[role=menuitem]")].map(
    (item) => item.dataset.testid ?? "",
  );
}

test("only what one has sent oneself can be deleted for everyone", async () => {
  await show(
    new Agent([
      message(0),
      message(1),
      message(3, { state: "sending" }),
      message(5, { kind: "deleted", text: "", deletion: "asked" }),
    ]),
  );
  expect(await menu(0)).toEqual(["message-copy", "message-delete"]);
  expect(await menu(1)).toEqual(["message-copy", "message-delete-everyone", "message-delete"]);
  expect(await menu(2)).toEqual(["message-copy", "message-delete"]);
  expect(await menu(3)).toEqual(["message-delete"]);
});

test("it is asked first, with the limits; then the agent is told", async () => {
  const agent = new Agent([message(1)]);
  await show(agent);
  await menu(0);
  await click(one("message-delete-everyone"));
  const dialog = root.querySelector("dialog") as HTMLElement;
  expect(plain(dialog.textContent)).toContain(plain(t("delete.everyone", { name: "Nora" })));
  expect(dialog.textContent).toContain(t("delete.promise"));
  expect(agent.count("delete.all")).toBe(0);
  await click(one("confirm"));
  expect(agent.last("delete.all")).toEqual({ conversation: "c", message: message(1).id });
});

test("tombstones say who deleted, and how far that has come", async () => {
  const agent = new Agent([
    message(0, { kind: "deleted", text: "" }),
    message(1, { kind: "deleted", text: "", deletion: "asked" }),
  ]);
  await show(agent);
  expect(texts()).toEqual(["Nora deleted this message", "You deleted this message"]);
  expect(plain(one("message-deletion").textContent)).toContain("has not confirmed yet");
  const done = message(1, { kind: "deleted", text: "", deletion: "done" });
  agent.emit({ kind: "message", data: { conversation: "c", message: done, fresh: false } });
  await settled();
  expect(plain(one("message-deletion").textContent)).toContain("done at Nora");
});

test("a message that is deleted here goes with the answer", async () => {
  const agent = new Agent([message(0), message(1)]);
  await show(agent);
  await menu(0);
  await click(one("message-delete"));
  await click(one("confirm"));
  expect(agent.last("delete")).toEqual({ conversation: "c", message: message(0).id });
  expect(texts()).toEqual(["message 1"]);
});

test("a text that is deleted while it is looked at stays nowhere on the page", async () => {
  const agent = new Agent([]);
  await show(agent);
  agent.receive(2);
  await settled();
  await menu(0);
  await click(one("message-delete"));
  expect(root.innerHTML).toContain("message 2");
  const gone = message(2, { kind: "deleted", text: "" });
  agent.emit({ kind: "message", data: { conversation: "c", message: gone, fresh: false } });
  await settled();
  await settled();
  expect(root.querySelector("dialog")).toBeNull();
  expect(root.innerHTML).not.toContain("message 2");
});

test("when all is cleared nothing is left but what came since", async () => {
  const agent = new Agent([message(0), message(1)]);
  await show(agent);
  agent.stored = [message(9, { text: "new" })];
  agent.emit({ kind: "conversationCleared", data: "c" });
  await settled();
  await settled();
  expect(texts()).toEqual(["new"]);
});

test("the timer is explained and set, and shown on each message and in between", async () => {
  const agent = new Agent([
    message(0, { kind: "timer", text: "", timer: 86400 }),
    message(1, { timer: 86400, state: "sending" }),
    message(2, { timer: 86400 }),
    message(4, { timer: 86400, expires: 1_700_000_900_000 }),
    message(6),
  ]);
  await show(agent, { timer: 86400 });
  expect(plain(one("timer-line").textContent)).toContain(
    "Nora set new messages to disappear after 1 day.",
  );
  expect(all("message-timer").map((e) => e.title)).toEqual([
    said("timer.afterSending", { time: t("timer.day") }),
    said("timer.afterReading", { time: t("timer.day") }),
    expect.stringContaining("disappears"),
  ]);
  expect(one("timer").getAttribute("aria-label")).toContain("1 day");
  await click(one("timer"));
  expect(plain(root.querySelector("dialog")?.textContent ?? "")).toContain(
    plain(t("timer.explain", { name: "Nora" })),
  );
  await click(one("timer-3600"));
  await click(one("confirm"));
  expect(agent.last("timer")).toEqual({ conversation: "c", seconds: 3600 });
});
