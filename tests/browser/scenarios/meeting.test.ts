import { exchange, expect, meet, test } from "../lib/scene.ts";

test("two web apps meet by link, one of them with nothing installed, and write", async ({ relay, cast }) => {
  const ana = await cast.web("Ana");
  const { code, link } = await ana.invite();
  const ben = await cast.visitor("Ben");
  await ben.follow(link);
  await meet(ana, ben);
  const texts = await exchange(ana, ben);

  for (const secret of [code, link.split("#")[1] ?? link, ...texts, "Ana", "Ben"]) {
    expect(relay.logs()).not.toContain(secret);
  }
  for (const person of [ana, ben]) {
    const kept = await person.page.evaluate(() =>
      JSON.stringify([{ ...localStorage }, { ...sessionStorage }]),
    );
    // That a Petmail is here, and nothing of it.
    expect(kept).toBe('[{"petmail-was-here":"1"},{}]');
    expect(await person.surface.title()).not.toContain(link.split("#")[1]);
    expect(await person.surface.url()).not.toContain(link.split("#")[1]);
  }
});

test("two web apps meet by a spoken code", async ({ cast }) => {
  const [ana, ben] = await Promise.all([cast.web("Ana"), cast.web("Ben")]);
  const { code } = await ana.invite();
  await ben.accept(`  ${code.toUpperCase()} `);
  await meet(ana, ben);
  await exchange(ben, ana);
});

test("an inviter who sleeps meets later, and finds what was written meanwhile", async ({ cast }) => {
  const ana = await cast.web("Ana");
  const { link } = await ana.invite();
  await ana.shutBrowser();

  const ben = await cast.visitor("Ben");
  await ben.follow(link);
  await ben.sees("conversation");
  await ben.surface.click('[data-testid="conversation"]');
  await ben.send("are you there?");
  await ben.send("I am, in any case");
  await ben.expectState("I am, in any case", "sending");

  await ana.openBrowser();
  await ana.open("Ben");
  await ana.expectConversation(["are you there?", "I am, in any case"]);
  await ben.expectState("I am, in any case", "sent");
  await ana.send("good morning");
  await ben.expectConversation(["are you there?", "I am, in any case", "good morning"]);
  await ben.expectState("I am, in any case", "delivered");
});

test("an invitee who leaves in the middle is met later", async ({ cast }) => {
  const ana = await cast.web("Ana");
  const { link } = await ana.invite();
  await ana.shutBrowser();
  const ben = await cast.visitor("Ben");
  await ben.follow(link);
  await ben.sees("conversation");
  await ben.surface.click('[data-testid="conversation"]');
  await ben.send("see you tomorrow");
  await ben.stored("see you tomorrow");
  await ben.shutBrowser();
  await ana.openBrowser();
  await ana.open("Ben");
  await ana.send("I am up");
  await ben.openBrowser();
  await ben.open("Ana");
  await ben.expectConversation(["see you tomorrow", "I am up"]);
  await ana.expectConversation(["see you tomorrow", "I am up"]);
});
