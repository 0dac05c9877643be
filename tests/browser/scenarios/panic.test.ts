import { exchange, expect, meet, test } from "../lib/scene.ts";
import { testAgent } from "../lib/testagent.ts";

test("an agent that crashes starts again from what it stored, and says so", async ({ cast }) => {
  const ana = await cast.visitor("Ana", { serviceWorkers: "block" });
  await testAgent(ana.browser.context);
  await ana.start();
  const ben = await cast.web("Ben");
  const { link } = await ben.invite();
  await ana.accept(link);
  await meet(ana, ben);
  const texts = await exchange(ana, ben);

  const [worker] = ana.page.workers();
  if (!worker) throw new Error("no agent");
  const ended = new Promise((resolve) => worker.once("close", resolve));
  await worker.evaluate(() => {
    (globalThis as unknown as { petmailDebug: { panic(): void } }).petmailDebug.panic();
  });
  await ended;
  await ben.send("are you all right?");
  texts.push("are you all right?");

  await ana.sees("restarted");
  await ana.expectConversation(texts);
  expect(await ana.surface.visible('[data-testid="message-input"]')).toBe(true);
  await exchange(ana, ben, texts);
});
