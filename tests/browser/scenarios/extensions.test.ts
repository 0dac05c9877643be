import { exchange, expect, meet, test } from "../lib/scene.ts";
import { id } from "../lib/surface.ts";

test("the extension in Chromium and a web app write to each other", async ({ cast }) => {
  const ana = await cast.chromiumExtension("Ana");
  const { link } = await ana.invite();
  const ben = await cast.visitor("Ben");
  await ben.follow(link);
  await meet(ana, ben);
  const texts = await exchange(ana, ben);

  await ana.restartBrowser();
  await ana.open("Ben");
  await ana.expectConversation(texts);
  await exchange(ben, ana, texts);
});

test("the extension in Firefox and a web app in Chromium write to each other", async ({ cast }) => {
  const ben = await cast.web("Ben");
  const ana = await cast.firefoxExtension("Ana");
  const { code } = await ben.invite();
  await ana.accept(code);
  await meet(ana, ben);
  const texts = await exchange(ana, ben);

  await ana.restartBrowser();
  await ana.open("Ben");
  await ana.expectConversation(texts);
  await exchange(ben, ana, texts);
});

test("an extension takes over the links of its relay, and the relay sees no request", async ({
  wire,
  cast,
}) => {
  const ana = await cast.chromiumExtension("Ana", wire);
  const ben = await cast.web("Ben", { wire });
  const { link } = await ben.invite();
  const before = wire.requests().filter((line) => line.includes(" /i/")).length;
  const secret = link.split("#")[1] ?? "";

  const tab = await ana.browser.context.newPage();
  await tab.goto(link).catch(() => {}); // the navigation ends elsewhere
  await expect.poll(() => tab.url()).toMatch(/^chrome-extension:/);
  await tab.click(id("invite-accept"));
  await ben.open("Ana");
  await expect.poll(() => tab.url()).not.toContain(secret);
  expect(wire.requests().filter((line) => line.includes(" /i/"))).toHaveLength(before);
  expect(wire.sent()).not.toContain(secret);

  await ana.open("Ben");
  await exchange(ana, ben);
});

test("the popup lists who wrote and answers", async ({ cast }) => {
  const ana = await cast.chromiumExtension("Ana");
  const ben = await cast.web("Ben");
  const { link } = await ben.invite();
  await ana.accept(link);
  await ben.open("Ana");
  await ana.sees("conversation");
  await ana.surface.goto("about:blank");
  await ben.send("psst");

  const popup = await ana.browser.context.newPage();
  await popup.goto(`chrome-extension://${ana.extensionId}/popup.html`);
  await expect(popup.locator(id("conversation", '[data-name="Ben"][data-unread="1"]'))).toBeVisible();
  await popup.click(id("conversation", '[data-name="Ben"]'));
  await popup.fill(id("message-input"), "yes?");
  await popup.click(id("send"));
  await ben.expectConversation(["psst", "yes?"]);
});
