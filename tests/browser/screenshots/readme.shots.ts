import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "../lib/paths.ts";
import type { Person, WebPerson } from "../lib/person.ts";
import { test } from "../lib/scene.ts";
import { id } from "../lib/surface.ts";

const folder = join(root, "docs/img");

async function picture(person: WebPerson, name: string): Promise<void> {
  await person.page.evaluate(() => document.fonts.ready);
  await person.page.mouse.move(0, 0);
  await person.page.screenshot({ path: join(folder, `${name}.png`), animations: "disabled", caret: "hide" });
}

async function talk(lines: [Person, Person, string][]): Promise<void> {
  for (const [from, to, text] of lines) {
    await from.send(text);
    await to.expectState(text, "received");
  }
}

test("pictures of two people", async ({ cast }) => {
  mkdirSync(folder, { recursive: true });
  const wide = { width: 1080, height: 720 };
  const ana = await cast.web("Ana", { viewport: wide });
  const tom = await cast.web("Tom");
  const first = await tom.invite();
  await ana.accept(first.code);
  await tom.open("Ana");
  await ana.open("Tom");
  await talk([
    [tom, ana, "The train leaves at 9:40, platform 3."],
    [ana, tom, "I will bring the sandwiches."],
  ]);

  await ana.surface.reload();
  await ana.sees("invite-new");
  const { link } = await ana.invite();
  await ana.sees("invite-qr");
  await picture(ana, "invite");

  const ben = await cast.visitor("Ben", { viewport: { width: 760, height: 720 } });
  await ben.surface.goto(link);
  await ben.sees("open-here");
  await picture(ben, "landing");
  await ben.surface.click(id("open-here"));
  await ben.page.setViewportSize({ width: 390, height: 720 });
  await ben.introduce();
  await ana.open("Ben");
  await ben.open("Ana");
  await talk([
    [ben, ana, "It works! I only clicked the link."],
    [ana, ben, "No account, no phone number. Nice, isn’t it?"],
    [ben, ana, "And nobody in between can read this?"],
    [
      ana,
      ben,
      "Nobody. The relay only passes sealed envelopes on; it cannot even tell that we know each other.",
    ],
    [ben, ana, "Then let me tell you about the surprise for Tom …"],
    [ana, ben, "Go on! He will never guess."],
    [ben, ana, "Saturday, six o’clock, the boathouse."],
  ]);
  await picture(ana, "conversation");
  await ben.page.emulateMedia({ colorScheme: "dark" });
  await picture(ben, "phone");
});
