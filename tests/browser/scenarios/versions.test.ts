import { exchange, expect, test } from "../lib/scene.ts";
import { anotherTab } from "../lib/tabs.ts";

// A tab that was open before the web app was updated holds the agent. A tab
// opened since is of the new version, and the two understand each other.
test("a tab of today's web app shows what the agent of 8a322ab tells", async ({ relay, cast, older }) => {
  await relay.restart(await older("8a322ab"));
  const [ana, ben] = await cast.friends("Ana", "Ben");
  await relay.restart();
  const today = await anotherTab(ana);
  const program = (person: typeof ana) => person.surface.attributes("script[src]", "src");
  expect(await program(today)).not.toEqual(await program(ana));
  await today.open("Ben");
  const texts = await exchange(today, ben);
  await today.send("seen here, too?");
  texts.push("seen here, too?");
  await ana.open("Ben");
  await Promise.all([ana, ben].map((person) => person.expectConversation(texts)));
  await ben.send("delivered with this");
  await today.expectState("seen here, too?", "delivered");
});
