import { exchange, test } from "../lib/scene.ts";

test("a page that is reloaded shows the same conversation and goes on", async ({ cast }) => {
  const [ana, ben] = await cast.friends("Ana", "Ben");
  const texts = await exchange(ana, ben);
  await ana.surface.reload();
  await ben.surface.reload();
  await ana.open("Ben");
  await ben.open("Ana");
  await ana.expectConversation(texts);
  await exchange(ben, ana, texts);
});

test("browsers that are closed and opened again have everything, and what came meanwhile", async ({
  cast,
}) => {
  const [ana, ben] = await cast.friends("Ana", "Ben");
  const texts = await exchange(ana, ben);
  await ben.shutBrowser();
  for (const text of ["one", "two", "three"]) {
    await ana.send(text);
    await ana.expectState(text, "sent");
    texts.push(text);
  }
  await ana.shutBrowser();
  await ben.openBrowser();
  await ben.open("Ana");
  await ben.expectConversation(texts);
  await ana.openBrowser();
  await ana.open("Ben");
  await ana.expectConversation(texts);
  await exchange(ben, ana, texts);
});

for (const end of ["stopped", "killed"] as const) {
  test(`a relay that is ${end} in the middle loses and repeats nothing`, async ({ relay, cast }) => {
    const [ana, ben] = await cast.friends("Ana", "Ben");
    const texts = await exchange(ana, ben);
    const say = async (text: string) => {
      await ana.send(text);
      texts.push(text);
    };
    await say("before");
    await (end === "killed" ? relay.kill() : relay.down());
    await ana.expectConnection("down");
    await say("while it is down");
    await say("and another");
    await relay.up();
    await ben.expectConversation(texts);
    await exchange(ben, ana, texts);
  });
}

test("browser and relay that go away while messages are under way deliver each once, in order", async ({
  relay,
  cast,
}) => {
  const [ana, ben] = await cast.friends("Ana", "Ben");
  const texts: string[] = [];
  for (let i = 1; i <= 30; i++) {
    const text = `message ${i}`;
    await ana.send(text);
    texts.push(text);
    if (i === 8) await relay.restart();
    if (i === 15) {
      await ana.surface.reload();
      await ana.open("Ben");
    }
    if (i === 22) {
      await ben.surface.reload();
      await ben.open("Ana");
    }
  }
  await ben.expectConversation(texts);
  await ana.expectConversation(texts);
  await ben.send("all thirty are here");
  await ana.expectState("message 30", "delivered");
});
