// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { inviteInHash } from "../../src/platform/handover";

const link = "https://relay.example/i/#peti1qqqsyqcyq5rqwzqfpg9scrgwpud7zmkn";

beforeEach(() => {
  vi.resetModules();
  vi.stubGlobal("chrome", {
    runtime: { getURL: (path: string) => `chrome-extension://abc/${path}` },
  });
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

/** Opens the page for links as the redirect of a link does; where it leads. */
async function open(behind: string, relay = "https://relay.example"): Promise<string[]> {
  history.replaceState(null, "", `/invite.html?relay=${encodeURIComponent(relay)}#${behind}`);
  const led: string[] = [];
  vi.spyOn(location, "replace").mockImplementation((url) => void led.push(String(url)));
  await import("../../src/platform/extension/invite");
  return led;
}

test.each([
  "/#peti1qqqsyqcyq5rqwzqfpg9scrgwpud7zmkn",
  "/?fbclid=x#peti1qqqsyqcyq5rqwzqfpg9scrgwpud7zmkn",
  "/%23peti1qqqsyqcyq5rqwzqfpg9scrgwpud7zmkn",
  "#peti1qqqsyqcyq5rqwzqfpg9scrgwpud7zmkn.",
])("whatever programs made of a link (%s) reaches the app", async (behind) => {
  const [app = ""] = await open(behind);
  expect(app).toMatch(/^chrome-extension:\/\/abc\/app\.html#/);
  expect(inviteInHash(new URL(app).hash)).toBe(link);
});

test("in a frame the page does nothing", async () => {
  vi.stubGlobal("top", {});
  expect(await open("/#peti1qqqsyqcyq5rqwzqfpg9scrgwpud7zmkn")).toEqual([]);
});

test("the page writes nothing into itself", async () => {
  await open("/#peti1qqqsyqcyq5rqwzqfpg9scrgwpud7zmkn");
  expect(document.body.childElementCount).toBe(0);
});
