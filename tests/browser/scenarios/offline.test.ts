import { exchange, test } from "../lib/scene.ts";

test("offline and back: what was written meanwhile arrives, both ways", async ({ wire, cast }) => {
  const [ana, ben] = await cast.friends("Ana", "Ben", { wire });
  const texts = await exchange(ana, ben);
  await ana.browser.context.setOffline(true);
  wire.pull("Ana");
  await ana.expectConnection("down");
  await ana.send("written offline");
  await ana.expectState("written offline", "sending");
  await ben.send("for when you are back");
  await ben.expectState("for when you are back", "sent");
  wire.plugIn("Ana");
  await ana.browser.context.setOffline(false);
  await ana.expectConnection("connected");
  await Promise.all([
    ana.expectMessages([...texts, "written offline", "for when you are back"]),
    ben.expectMessages([...texts, "written offline", "for when you are back"]),
  ]);
});

test("a cable that is pulled again and again loses and repeats nothing", async ({ wire, cast }) => {
  const [ana, ben] = await cast.friends("Ana", "Ben", { wire });
  const texts: string[] = [];
  for (let round = 1; round <= 5; round++) {
    const text = `round ${round}`;
    await ana.send(text);
    texts.push(text);
    wire.pull("Ana");
    await ana.expectConnection("down");
    wire.plugIn("Ana");
    await ana.expectConnection("connected");
  }
  await ben.expectConversation(texts);
  await ben.send("all five are here");
  await ana.expectState("round 5", "delivered");
});
