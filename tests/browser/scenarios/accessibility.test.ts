import type { Page } from "@playwright/test";
import { defects } from "../lib/axe.ts";
import type { WebPerson } from "../lib/person.ts";
import { exchange, expect, test } from "../lib/scene.ts";
import { id } from "../lib/surface.ts";

/** Looks at the page as it stands with axe, in both colour schemes. */
async function lookAt(page: Page, what: string): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await defects(page), `${what}, ${colorScheme}`).toEqual([]);
  }
}

test("axe finds nothing on the pages of somebody who is alone", async ({ cast }) => {
  const ana = await cast.visitor("Ana");
  await ana.surface.goto(ana.home);
  await ana.sees("persona-name");
  await lookAt(ana.page, "first run");
  await ana.introduce();
  await ana.sees("invite-new");
  await lookAt(ana.page, "empty list");
  await ana.surface.click(id("settings"));
  await ana.sees("quick-receipts");
  await lookAt(ana.page, "settings");
  await ana.surface.reload();
  await ana.sees("invite-new");
  await ana.invite();
  await ana.sees("invite-qr");
  await lookAt(ana.page, "invitation");
});

test("axe finds nothing on the pages behind a link", async ({ relay, cast }) => {
  const ana = await cast.web("Ana");
  const { link } = await ana.invite();
  const ben = await cast.visitor("Ben");
  await ben.surface.goto(`${relay.url}/i/`);
  await expect(ben.page.getByRole("heading").first()).toBeVisible();
  await lookAt(ben.page, "landing without an invitation");
  await ben.surface.goto("about:blank");
  await ben.surface.goto(`${relay.url}/i/#nonsense`);
  await ben.sees("error");
  await lookAt(ben.page, "landing with a broken link");
  await ben.surface.goto("about:blank");
  await ben.surface.goto(link);
  await ben.sees("open-here");
  await lookAt(ben.page, "landing");
  await ben.surface.click(id("open-here"));
  await ben.sees("persona-name");
  await lookAt(ben.page, "first run with an invitation");
});

test("axe finds nothing on the pages of a conversation", async ({ cast }) => {
  const [ana, ben] = await cast.friends("Ana", "Ben");
  await lookAt(ana.page, "conversation without messages");
  await exchange(ana, ben);
  await lookAt(ana.page, "conversation");
  await ana.surface.click(id("details"));
  await ana.sees("verify");
  await lookAt(ana.page, "details");
  await ana.surface.click(id("verify"));
  await ana.sees("safety-words");
  await lookAt(ana.page, "words to compare");
});

test("axe finds nothing in the extension's popup", async ({ cast }) => {
  const ana = await cast.chromiumExtension("Ana");
  const popup = await ana.browser.context.newPage();
  await popup.goto(`chrome-extension://${ana.extensionId}/popup.html`);
  await expect(popup.locator(id("invite-new"))).toBeVisible();
  await lookAt(popup, "popup");
});

test("on a small screen one pane is shown, and a code stays on one line", async ({ cast }) => {
  const ana = await cast.web("Ana", { viewport: { width: 320, height: 568 } });
  await ana.invite();
  const code = ana.page.locator(id("invite-code"));
  const lines = await code.evaluate((element) => {
    const range = document.createRange();
    range.selectNodeContents(element);
    return new Set(
      [...range.getClientRects()].filter((box) => box.width > 1).map((box) => Math.round(box.top)),
    ).size;
  });
  expect(lines).toBe(1);
  const box = await code.boundingBox();
  expect((box?.x ?? -1) >= 0 && (box?.x ?? 0) + (box?.width ?? 999) <= 320).toBe(true);
  const sideways = await ana.page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(sideways).toBe(0);
  await lookAt(ana.page, "invitation on a small screen");
});

/** Presses Tab until the element has the focus, and no more often than a patient person would. */
async function tabTo(person: WebPerson, selector: string): Promise<void> {
  const most = 60;
  for (let i = 0; i < most; i++) {
    const there = await person.page.evaluate(
      (selector) => document.activeElement?.matches(selector) ?? false,
      selector,
    );
    if (there) return;
    await person.page.keyboard.press("Tab");
  }
  throw new Error(`${most} tabs did not reach ${selector}`);
}

test("everything from the first run to an answer can be done with the keyboard alone", async ({ cast }) => {
  const ben = await cast.web("Ben");
  const { code } = await ben.invite();
  const ana = await cast.visitor("Ana");
  await ana.surface.goto(ana.home);
  await ana.sees("persona-name");
  await tabTo(ana, id("persona-name"));
  await ana.page.keyboard.type("Ana");
  await ana.page.keyboard.press("Enter");
  await ana.sees("invite-new");
  if (!(await ana.surface.visible(id("invite-enter")))) {
    await tabTo(ana, id("invite-have"));
    await ana.page.keyboard.press("Enter");
  }
  await tabTo(ana, id("invite-enter"));
  await ana.page.keyboard.type(code);
  await ana.page.keyboard.press("Enter");
  await ben.open("Ana");
  await ana.sees("conversation");
  if (!(await ana.surface.visible(id("message-input")))) {
    await tabTo(ana, id("conversation"));
    await ana.page.keyboard.press("Enter");
  }
  await tabTo(ana, id("message-input"));
  await ana.page.keyboard.type("no mouse here");
  await ana.page.keyboard.press("Shift+Enter");
  await ana.page.keyboard.type("at all");
  await ana.page.keyboard.press("Enter");
  await ben.expectConversation(["no mouse here\nat all"]);
  await ben.send("nor a cat");
  await ana.expectConversation(["no mouse here\nat all", "nor a cat"]);

  // Whatever has the focus shows it.
  await ana.page.keyboard.press("Tab");
  const ring = await ana.page.evaluate(() => {
    const style = getComputedStyle(document.activeElement ?? document.body);
    return `${style.outlineStyle} ${style.outlineWidth} ${style.boxShadow}`;
  });
  expect(ring).not.toMatch(/^none \S+ none$/);
});
