// @vitest-environment happy-dom
import { render } from "preact";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { AgentError } from "../../../src/agent/types";
import type { Conversation } from "../../../src/api";
import { slices } from "../../../src/ui/app/slices";
import { Bubble } from "../../../src/ui/conversation/Bubble";
import { ConversationPane } from "../../../src/ui/conversation/ConversationPane";
import { Drafts } from "../../../src/ui/conversation/drafts";
import { t } from "../../../src/ui/conversation/texts";
import { RENDERED } from "../../../src/ui/conversation/window";
import { t as says } from "../../../src/ui/details/texts";
import { setLanguage } from "../../../src/ui/lib/catalogue";
import { Slices } from "../../../src/ui/lib/slice";
import { Agent } from "./agent";
import { conversation, message, messages } from "./made";

let root: HTMLElement;
const back = vi.fn();

beforeEach(() => {
  setLanguage("en");
  back.mockClear();
  vi.stubGlobal("matchMedia", () => ({ matches: true }));
  root = document.createElement("div");
  document.body.append(root);
});

afterEach(() => {
  render(null, root);
  root.remove();
  vi.unstubAllGlobals();
});

/** Until what is due was drawn and its effects have run. */
const settled = () =>
  new Promise<void>((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
const all = (id: string) => [...root.querySelectorAll<HTMLElement>(`[data-testid=${id}]`)];
const one = (id: string) => all(id)[0] as HTMLElement;
const texts = () => all("message-text").map((element) => element.textContent);

async function show(agent: Agent, more: Partial<Conversation> = {}): Promise<void> {
  render(
    <Slices.Provider value={slices}>
      <ConversationPane
        key="c"
        client={agent.client}
        conversation={conversation(more)}
        drafts={new Drafts()}
        onBack={back}
        focus={false}
      />
    </Slices.Provider>,
    root,
  );
  await settled();
  await settled();
}

async function click(id: string): Promise<void> {
  one(id).click();
  await settled();
  await settled();
}

test("messages stand there with whose they are, how far they came, and their time", async () => {
  const long = { text: "later", state: "undelivered" } as const;
  await show(
    new Agent([
      message(0),
      message(1),
      message(3, long),
      message(4, { kind: "unknown", text: "" }),
    ]),
  );
  expect(texts()).toEqual(["message 0", "message 1", "later", t("conversation.unknownKind")]);
  expect(all("message").map((m) => `${m.dataset.mine} ${m.dataset.state}`)).toEqual([
    "false received",
    "true sent",
    "true undelivered",
    "false received",
  ]);
  expect(all("message")[2]?.textContent).toContain(t("conversation.state.undelivered"));
  expect(root.querySelectorAll(".day")).toHaveLength(1);
});

test("what others write is text and nothing else, and only plain links can be clicked", async () => {
  const text = "<img src=x onerror=alert(1)> https://example.org/ javascript:alert(1) \u202eevil";
  await show(new Agent([message(0, { text })]));
  expect(texts()).toEqual([text.replace("\u202e", "")]);
  expect(root.querySelector("img")).toBeNull();
  const links = [...root.querySelectorAll<HTMLAnchorElement>(".text a")];
  expect(links.map((a) => [a.href, a.target, a.rel])).toEqual([
    ["https://example.org/", "_blank", "noopener noreferrer"],
  ]);
});

test("of ten thousand messages few are in the document, and an event draws few of them again", async () => {
  const agent = new Agent(messages(0, 10_000));
  await show(agent);
  expect(all("message").length).toBeLessThanOrEqual(RENDERED);
  expect(texts().at(-1)).toBe("message 9999");
  const drawn = vi.spyOn(Bubble.prototype, "render");
  agent.receive(20_000);
  await settled();
  expect(texts().at(-1)).toBe("message 20000");
  expect(drawn.mock.calls.length).toBeLessThanOrEqual(3);
  drawn.mockRestore();
});

test("what is unread is marked as read, once it is shown", async () => {
  const agent = new Agent(messages(0, 3));
  await show(agent, { unread: 2 });
  expect(agent.last("read")).toEqual({ conversation: "c" });
  expect(root.querySelectorAll(".new-line")).toHaveLength(1);
});

test("what comes is told to those who listen", async () => {
  const agent = new Agent([]);
  await show(agent);
  agent.receive(2);
  await settled();
  expect(
    root.querySelector("[aria-live=polite]")?.textContent?.replace(/[\u2068\u2069]/g, ""),
  ).toBe("Nora: message 2");
});

test("somebody who is asleep can be written to already", async () => {
  const agent = new Agent([]);
  await show(agent, { state: "waiting", name: "" });
  expect(one("waiting").textContent).toContain("open Petmail");
  expect(one("message-input")).toBeTruthy();
});

test("where nobody will ever read there is no field, and a way to remove it", async () => {
  const agent = new Agent([]);
  await show(agent, { state: "failed" });
  expect(all("message-input")).toEqual([]);
  await click("forget-failed");
  expect(agent.last("forget")).toEqual({ conversation: "c" });
});

test("messages that cannot be read are said so, and asked for again", async () => {
  const agent = new Agent(messages(0, 1));
  agent.refuse = new AgentError("storage", "no");
  await show(agent);
  expect(one("error").textContent).toContain(t("conversation.loadFailed"));
  agent.refuse = undefined;
  one("error").querySelector("button")?.click();
  await settled();
  await settled();
  expect(texts()).toEqual(["message 0"]);
});

test("verified stands in the header only as long as the key is the same", async () => {
  const agent = new Agent([]);
  await show(agent, { verified: true });
  expect(all("verified-badge")).toHaveLength(1);
  await show(agent, { verified: true, keyAlarm: true });
  expect(all("verified-badge")).toHaveLength(0);
  expect(root.querySelector(".talk-alarm")?.getAttribute("role")).toBe("alert");
});

test("a conversation that is set aside says so, when it is tried again, and can be at once", async () => {
  const agent = new Agent(messages(0, 2));
  const next = Date.now() + 60_000;
  await show(agent, { aside: { next, work: "seal", code: "error" } });
  const banner = one("aside");
  expect(banner.getAttribute("role")).toBe("alert");
  expect(banner.dataset.next).toBe(String(next));
  expect(banner.textContent).toContain("The others are not affected");
  expect(texts()).toEqual(["message 0", "message 1"]);
  expect(one("message-input")).toBeTruthy();
  await click("aside-retry");
  expect(agent.last("aside.retry")).toEqual({ conversation: "c" });
  await show(agent);
  expect(all("aside")).toEqual([]);
});

test("the words are shown, compared and marked", async () => {
  const agent = new Agent([]);
  await show(agent);
  await click("details");
  await click("verify");
  expect([...one("safety-words").children].map((li) => li.textContent)).toEqual([
    ..."abcdefghijkl",
  ]);
  await click("verify-same");
  expect(agent.last("verify")).toEqual({ conversation: "c", verified: true });
  expect(all("safety-words")).toEqual([]);
});

test("words that differ are a warning, and take a mark away", async () => {
  const agent = new Agent([]);
  await show(agent);
  await click("details");
  await click("verify");
  await click("verify-different");
  expect(agent.last("verify")).toEqual({ conversation: "c", verified: false, differ: true });
  await show(agent, { differ: true });
  expect(root.querySelector(".verify-alarm")?.getAttribute("role")).toBe("alert");
  expect(one("differs").getAttribute("role")).toBe("alert");
  expect(all("verified-badge")).toEqual([]);
  await click("compare-again");
  await click("verify-same");
  expect(agent.last("verify")).toEqual({ conversation: "c", verified: true });
  await click("verify-undo");
  expect(agent.last("verify")).toEqual({ conversation: "c", verified: false });
});

test("words cannot be compared with somebody who has not come yet", async () => {
  await show(new Agent([]), { state: "waiting" });
  await click("details");
  expect(all("verify")).toEqual([]);
  expect(root.querySelector(".verify")?.textContent).toContain(says("verify.later"));
});

test("a petname is kept, refused with a reason, and taken back", async () => {
  const agent = new Agent([]);
  await show(agent, { name: "Nori" });
  await click("details");
  const field = one("petname") as HTMLInputElement;
  field.value = " Noor ";
  field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  await settled();
  agent.refuse = new AgentError("too_long", "no");
  await click("petname-save");
  expect(one("error").textContent).toBe(t("error.too_long"));
  agent.refuse = undefined;
  await click("petname-save");
  expect(agent.last("petname")).toEqual({ conversation: "c", name: "Noor" });
  await click("petname-reset");
  expect(agent.last("petname")).toEqual({ conversation: "c", name: "" });
});

test("forgetting is asked about first", async () => {
  const agent = new Agent([]);
  await show(agent);
  await click("details");
  await click("forget");
  expect(agent.count("forget")).toBe(0);
  await click("confirm");
  expect(agent.last("forget")).toEqual({ conversation: "c" });
});

test("Escape closes the details, then the conversation", async () => {
  await show(new Agent([]));
  await click("details");
  const press = () =>
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
  press();
  await settled();
  expect(all("details-pane")).toEqual([]);
  expect(document.activeElement).toBe(one("details"));
  expect(back).not.toHaveBeenCalled();
  await settled();
  press();
  expect(back).toHaveBeenCalledOnce();
});

test("a new name is told, and stays beside the one that is shown until it is answered", async () => {
  const agent = new Agent([]);
  const more = { newName: "\u2068Mum\u2069", renamed: true, newNameLike: "Mum", verified: true };
  await show(agent, more);
  expect(root.querySelector("h2")?.textContent).toBe("Nora");
  const told = one("renamed");
  expect(told.dataset.name).toBe(more.newName);
  expect(told.textContent).toContain(says("who.renamed", { name: "Nora", newName: "Mum" }));
  expect(told.textContent).toContain(t("who.same", { name: "Mum" }));
  expect(told.textContent).toContain(says("who.renamedVerified", { name: "Nora" }));
  await click("use-name");
  expect(agent.last("name.use")).toEqual({ conversation: "c", name: more.newName });
  await click("keep-name");
  expect(agent.last("name.decline")).toEqual({ conversation: "c", name: more.newName });

  agent.refuse = new AgentError("not_found", "");
  await click("use-name");
  expect(one("error").textContent).toBe(t("error.not_found"));

  await show(agent, { ...more, renamed: false });
  expect(all("renamed")).toEqual([]);
  await click("details");
  expect(one("details-pane").textContent).toContain(says("who.callsNow", { name: "Mum" }));
  expect(all("use-name")).toHaveLength(1);
});

test("who is named alike, and where a mailbox has gone, is told", async () => {
  const agent = new Agent([]);
  await show(agent, { looksLike: "N0ra", relayWas: "https://old.example" });
  expect(one("looks-like").textContent).toBe(t("who.similar", { name: "N0ra" }));
  expect(one("relay-moved").textContent).toContain("relay.example");
  expect(one("relay-moved").textContent).toContain("old.example");
  await click("relay-noted");
  expect(agent.last("relay.noted")).toEqual({ conversation: "c" });
  await show(agent, { relayAlarm: true });
  expect(one("relay-alarm").getAttribute("role")).toBe("alert");
  expect(all("relay-moved")).toEqual([]);
});

test.each<[string, Partial<Conversation>, Parameters<typeof t>[0]]>([
  ["before they have joined", { name: "", theirName: "", state: "waiting" }, "list.unnamed"],
  ["that shows nothing", { name: "", theirName: "\u3164" }, "who.noName"],
])("a name %s has other words in its place", async (_, more, key) => {
  await show(new Agent([]), more);
  expect(root.querySelector("h2")?.textContent).toBe(t(key as "who.noName"));
});
