import type { WebPerson } from "../lib/person.ts";
import { exchange, expect, test } from "../lib/scene.ts";
import { anotherTab } from "../lib/tabs.ts";

/** How many Workers run in the tabs of a browser. */
function workers(person: WebPerson): number {
  return person.browser.context.pages().reduce((sum, page) => sum + page.workers().length, 0);
}

test("two tabs of one web app have one agent and show the same", async ({ cast }) => {
  const [ana, ben] = await cast.friends("Ana", "Ben");
  const second = await anotherTab(ana);
  await second.open("Ben");
  const texts = await exchange(ana, ben);
  await second.expectConversation(texts);
  await second.send("from the other tab");
  texts.push("from the other tab");
  await ana.expectConversation(texts);
  await ben.expectConversation(texts);
  await ben.send("which one?");
  await second.expectState("from the other tab", "delivered");
  await ana.expectState("from the other tab", "delivered");
  expect(workers(ana)).toBe(1);
});

test("the tab that holds the agent is closed, and another stands in", async ({ cast }) => {
  const [ana, ben] = await cast.friends("Ana", "Ben");
  const texts = await exchange(ana, ben);
  const second = await anotherTab(ana);
  const third = await anotherTab(ana);
  await second.open("Ben");
  await third.open("Ben");
  await third.expectConversation(texts);
  await ana.page.close();
  const more = await exchange(second, ben, texts);
  await third.expectConversation(more);
  expect(workers(ana)).toBe(1);
});
