import { randomBytes, randomInt } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { ChromiumExtensionPerson, FirefoxExtensionPerson, type Person, WebPerson } from "../lib/person.ts";
import { expect, meet, test } from "../lib/scene.ts";
import { id } from "../lib/surface.ts";

// Ana's browser is killed at random moments while she sends, receives and
// deletes. What her page had shown as done stands, nothing is there twice, and
// what was deleted stays deleted.

/** How many rounds of killing each browser goes through: a few, or as the long test asks. */
const ROUNDS = Number(process.env.PETMAIL_SOAK_BROWSER ?? 2);
/** Rounds of one acquaintance, so that all that was said fits on the page. */
const TOGETHER = 4;
/** The longest that a round lasts, in milliseconds. */
const LATEST_CUT = 2_500;
/** The most that Ben writes in a round. */
const MOST = 3;

interface Said {
  /** The page of whoever wrote it showed it. */
  shown: boolean;
  deleting: boolean;
  /** Ana's page showed it no more. */
  deleted: boolean;
}

class Talk {
  readonly said = new Map<string, Said>();
  over = false;

  async write(person: Person): Promise<void> {
    const text = `note ${randomBytes(6).toString("hex")}`;
    const one = { shown: false, deleting: false, deleted: false };
    this.said.set(text, one);
    await person.send(text);
    await person.stored(text);
    one.shown = true;
  }

  async delete(person: Person): Promise<void> {
    const texts = (await person.surface.texts(id("message-text"))).filter((text) => this.said.has(text));
    const text = texts[randomInt(Math.max(texts.length, 1))];
    const one = text && this.said.get(text);
    if (!one || (await person.surface.texts(id("message"))).length < 3) return;
    one.deleting = true;
    await person.remove(text);
    one.deleted = true;
  }

  /** Writes and deletes until the browser is gone. */
  async live(person: Person): Promise<void> {
    try {
      while (!this.over) await (randomInt(3) === 0 ? this.delete(person) : this.write(person));
    } catch (error) {
      if (!this.over) throw error;
    }
  }

  /** Waits until the person sees all that stands, and sees nothing twice and nothing deleted. */
  async check(person: Person, round: string): Promise<void> {
    const shown = () => person.surface.texts(id("message-text"));
    const missing = async () => {
      const texts = await shown();
      return [...this.said]
        .filter(([text, one]) => one.shown && !one.deleting && !texts.includes(text))
        .map(([text]) => text);
    };
    await expect.poll(missing, { timeout: 90_000, message: `${round}: messages that are lost` }).toEqual([]);
    const texts = await shown();
    expect(
      texts.filter((text, at) => texts.indexOf(text) !== at),
      `${round}: messages that are there twice`,
    ).toEqual([]);
    expect(
      texts.filter((text) => this.said.get(text)?.deleted),
      `${round}: deleted messages that are there`,
    ).toEqual([]);
  }
}

for (const browser of ["Chromium", "Firefox"] as const) {
  for (let first = 0; first < ROUNDS; first += TOGETHER) {
    const rounds = Math.min(TOGETHER, ROUNDS - first);
    test(`${browser} is killed while it works: rounds ${first + 1} to ${first + rounds}`, async ({
      relay,
    }) => {
      test.setTimeout(60_000 + rounds * 60_000);
      const ana =
        browser === "Chromium"
          ? await ChromiumExtensionPerson.arrive("Ana")
          : await FirefoxExtensionPerson.arrive("Ana");
      const ben = await WebPerson.arrive("Ben", relay);
      try {
        await Promise.all([ana.start(relay), ben.start()]);
        await ben.accept((await ana.invite()).link);
        await meet(ana, ben);
        const talk = new Talk();
        for (let round = first + 1; round <= first + rounds; round++) {
          talk.over = false;
          const life = talk.live(ana);
          const answers = (async () => {
            for (let n = randomInt(MOST + 1); n > 0; n--) await talk.write(ben);
          })();
          await setTimeout(randomInt(LATEST_CUT));
          talk.over = true;
          await ana.browser.kill();
          await Promise.all([life, answers]);
          await ana.openBrowser();
          await ana.open("Ben");
          await talk.check(ana, `round ${round}`);
        }
        // What Ana deleted here stays with Ben, if it left her before.
        for (const one of talk.said.values()) one.deleted = false;
        await talk.check(ben, "at last");
      } finally {
        await ana.leave();
        await ben.leave();
      }
    });
  }
}
