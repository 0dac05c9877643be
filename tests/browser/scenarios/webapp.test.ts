import { exchange, expect, test } from "../lib/scene.ts";

test("the web app can be installed, and starts offline with its history", async ({ relay, cast }) => {
  const [ana, ben] = await cast.friends("Ana", "Ben");
  const texts = await exchange(ana, ben);
  const cdp = await ana.browser.context.newCDPSession(ana.page);
  const { installabilityErrors } = await cdp.send("Page.getInstallabilityErrors");
  expect(installabilityErrors).toEqual([]);

  await ana.page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  await ana.shutBrowser();
  await relay.down();
  await ana.openBrowser();
  await ana.open("Ben");
  await ana.expectConversation(texts);
  await ana.expectConnection("down");
  await ana.send("written before anything was up");
  await relay.up();
  await ben.expectConversation([...texts, "written before anything was up"]);
});
