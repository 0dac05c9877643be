import type { Person } from "../lib/person.ts";
import { exchange, expect, meet, test } from "../lib/scene.ts";
import { id } from "../lib/surface.ts";

// What an earlier web app has stored is there in today's, and goes on.

/** The script that a page has begun with, which tells the web apps apart. */
async function program(person: Person): Promise<string> {
  return (await person.surface.attributes("script[src]", "src"))[0] ?? "";
}

/** Whether a web app is kept that waits for the pages of the one before to close. */
const newerIsKept = "navigator.serviceWorker.getRegistration().then((r) => Boolean(r?.waiting))";

for (const browser of ["Chromium", "Firefox"] as const) {
  test(`${browser}: the web app of 8a322ab is followed by today's, and nothing is lost`, async ({
    relay,
    cast,
    older,
  }) => {
    await relay.restart(await older("8a322ab"));
    const [ana, ben] = await Promise.all([
      browser === "Chromium" ? cast.web("Ana") : cast.firefoxWeb("Ana"),
      cast.web("Ben"),
    ]);
    await ben.accept((await ana.invite()).link);
    await meet(ana, ben);
    const texts = await exchange(ana, ben);
    await ana.surface.click(id("details"));
    await ana.surface.click(id("verify"));
    await ana.surface.click(id("verify-same"));
    await ana.sees("verified-badge");
    await ana.surface.fill(id("petname"), "Benny");
    await ana.surface.click(id("petname-save"));
    await ana.expectPeople(["Benny"]);
    const before = await program(ana);

    // One message waits for Ben at the relay, one with Ana for the relay.
    await ben.browser.shut();
    await ana.send("for when you are back");
    await ana.expectState("for when you are back", "sent");
    await relay.down();
    await ana.expectConnection("down");
    await ana.send("for when the relay is back");
    await ana.stored("for when the relay is back");
    await ana.expectState("for when the relay is back", "sending");
    await ana.browser.shut();
    texts.push("for when you are back", "for when the relay is back");

    await relay.up();
    await Promise.all([ana.openBrowser(), ben.openBrowser()]);
    for (const person of [ana, ben]) expect(await program(person)).not.toBe(before);
    await Promise.all([ana.open("Benny"), ben.open("Ana")]);
    await ana.sees("verified-badge");
    await Promise.all([ana.expectConversation(texts), ben.expectConversation(texts)]);
    const more = await exchange(ben, ana, texts);

    await ana.surface.reload();
    await ana.expectPeople(["Benny"]);
    await ana.open("Benny");
    await ana.sees("verified-badge");
    await ana.expectConversation(more);

    // Without a network, too, it is today's that starts, not the one that was kept.
    await expect.poll(() => ben.surface.run<boolean>(newerIsKept)).toBe(true);
    await ben.browser.shut();
    await relay.down();
    await ben.openBrowser();
    expect(await program(ben)).not.toBe(before);
    await ben.open("Ana");
    await ben.expectConversation(more);
    await relay.up();
    await exchange(ana, ben, more);
  });
}
