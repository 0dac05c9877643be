// @vitest-environment happy-dom
import { render } from "preact";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Conversation } from "../../../src/api";
import { ConversationItem } from "../../../src/ui/conversation/ConversationItem";
import { ConversationList } from "../../../src/ui/conversation/ConversationList";
import { t } from "../../../src/ui/conversation/texts";
import { setLanguage } from "../../../src/ui/lib/catalogue";
import { conversation } from "./made";

let root: HTMLElement;
const select = vi.fn();

beforeEach(() => {
  setLanguage("en");
  select.mockClear();
  root = document.createElement("div");
  document.body.append(root);
});

afterEach(() => {
  render(null, root);
  root.remove();
});

function show(conversations: Conversation[], selected = ""): HTMLElement[] {
  render(
    <ConversationList conversations={conversations} selected={selected} onSelect={select} />,
    root,
  );
  return [...root.querySelectorAll<HTMLElement>("[data-testid=conversation]")];
}

function press(key: string): void {
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
  document.activeElement?.dispatchEvent(event);
}

test.each<[string, Partial<Conversation>, string]>([
  ["what was said", { preview: "See you" }, "See you"],
  ["that it was said by oneself", { preview: "See you", previewMine: true }, "You: See you"],
  ["that nothing was said yet", { preview: "" }, t("list.beginning")],
  ["who is asleep", { state: "waiting" }, t("list.waiting")],
  ["what went wrong", { state: "failed", preview: "hello" }, t("list.failed")],
  ["that something came, though it shows nothing", { preview: "\u200b" }, t("conversation.blank")],
  [
    "that something came, though it is unknown",
    { preview: "", previewUnknown: true },
    t("list.unknownKind"),
  ],
  [
    "what could not be handled",
    { preview: "hello", aside: { next: 1, work: "seal", code: "error" } },
    t("list.aside"),
  ],
  ["one line without controls", { preview: "a\n\u202eb\u0007" }, "a b"],
])("the second line tells %s", (_, more, text) => {
  show([conversation(more)]);
  expect(root.querySelector(".item-preview")?.textContent).toBe(text);
});

test("the state of each is told", () => {
  const aside = { next: 1, work: "seal", code: "error" };
  const items = show([
    conversation(),
    conversation({ id: "d", state: "waiting" }),
    conversation({ id: "e", aside }),
  ]);
  expect(items.map((item) => item.dataset.state)).toEqual(["open", "waiting", "aside"]);
});

test("a name that is missing or invisible has another in its place", () => {
  const [first, second] = show([
    conversation({ name: "", theirName: "" }),
    conversation({ id: "d", name: "\u200b" }),
  ]);
  expect(first?.querySelector(".item-name")?.textContent).toBe(t("list.unnamed"));
  expect(second?.querySelector(".item-name")?.textContent).toBe(t("who.noName"));
  expect(second?.dataset.name).toBe(t("who.noName"));
});

test("names that can be mistaken are marked in words", () => {
  const [first, second] = show([
    conversation({ looksLike: "Nora" }),
    conversation({ id: "d", looksLike: "N0ra" }),
  ]);
  const mark = (item?: HTMLElement) => item?.querySelector("[data-testid=looks-like]")?.textContent;
  expect(mark(first)).toBe(t("who.same", { name: "Nora" }));
  expect(mark(second)).toBe(t("who.similar", { name: "N0ra" }));
});

test.each([
  ["words that differed", { differ: true }, "who.differShort"],
  ["a relay with other keys", { relayAlarm: true, verified: true }, "who.relayAlarmShort"],
] as const)("%s are a mark in the list", (_, more, key) => {
  show([conversation(more)]);
  expect(root.querySelector(".item-alarm")?.textContent).toBe(t(key));
  expect(root.querySelector(".item-verified")).toBeNull();
});

test("unread messages are counted in words too", () => {
  const [item] = show([conversation({ unread: 120 })]);
  expect(item?.dataset.unread).toBe("120");
  expect(item?.querySelector(".dot")?.textContent).toContain("99+");
  expect(item?.querySelector(".dot .visually-hidden")?.textContent).toBe("120 unread messages");
});

test("an alarm about the key stands instead of verified", () => {
  show([conversation({ verified: true, keyAlarm: true })]);
  expect(root.querySelector(".item-alarm")?.textContent).toBe(t("list.keyAlarm"));
  expect(root.querySelector(".item-verified")).toBeNull();
});

test("the tab key comes to one, the arrows go to the others", () => {
  const items = show(
    [..."cdef"].map((id) => conversation({ id })),
    "d",
  );
  expect(items.map((item) => item.tabIndex)).toEqual([-1, 0, -1, -1]);
  expect(items[1]?.getAttribute("aria-current")).toBe("true");
  items[1]?.focus();
  press("ArrowDown");
  expect(document.activeElement).toBe(items[2]);
  press("End");
  expect(document.activeElement).toBe(items[3]);
  press("ArrowDown");
  expect(document.activeElement).toBe(items[3]);
  press("Home");
  press("ArrowUp");
  expect(document.activeElement).toBe(items[0]);
  items[0]?.click();
  expect(select.mock.calls).toEqual([["c"]]);
});

test("an item is drawn again only when something of it has changed", () => {
  const stays = conversation({ id: "d" });
  show([conversation({ preview: "one" }), stays]);
  const drawn = vi.spyOn(ConversationItem.prototype, "render");
  show([conversation({ preview: "two" }), stays]);
  expect(drawn.mock.calls.map(([props]) => props.conversation.id)).toEqual(["c"]);
  drawn.mockRestore();
});
