import { test as base } from "@playwright/test";
import type { ChromiumOptions } from "./chromium.ts";
import { olderWebApp } from "./older.ts";
import { temporaryFolder } from "./paths.ts";
import {
  ChromiumExtensionPerson,
  FirefoxExtensionPerson,
  FirefoxWebPerson,
  type Person,
  WebPerson,
} from "./person.ts";
import { Relay } from "./relay.ts";
import { Wire } from "./wire.ts";

/** What a scenario is made of. Whoever comes in is shown out at the end. */
interface Scene {
  relay: Relay;
  /** A cable to the relay; whoever shall be cut off comes in through `wired`. */
  wire: Wire;
  cast: Cast;
  /** The program of a relay of today that serves the web app of an earlier commit. */
  older(commit: string): Promise<string>;
}

/** How somebody with the web app comes in. */
interface WebOptions extends ChromiumOptions {
  /** Reach the relay through this, which knows the person by their name. */
  wire?: Wire;
}

/** Brings people in. */
export class Cast {
  private readonly present: (Person & { leave(): Promise<void> })[] = [];

  constructor(private readonly relay: Relay) {}

  /** Somebody with nothing but a Chromium. */
  async visitor(name: string, options: WebOptions = {}): Promise<WebPerson> {
    const { wire, ...rest } = options;
    return this.enter(
      wire
        ? await WebPerson.arrive(name, wire, { ...rest, userAgent: name })
        : await WebPerson.arrive(name, this.relay, rest),
    );
  }

  /** Somebody who has used the web app before. */
  async web(name: string, options: WebOptions = {}): Promise<WebPerson> {
    const person = await this.visitor(name, options);
    await person.start();
    return person;
  }

  /** Somebody who has used the web app before, in Firefox. */
  async firefoxWeb(name: string): Promise<FirefoxWebPerson> {
    const person = this.enter(await FirefoxWebPerson.arrive(name, this.relay));
    await person.start();
    return person;
  }

  /** Somebody with the extension in Chromium. */
  async chromiumExtension(
    name: string,
    relay: { url: string } = this.relay,
  ): Promise<ChromiumExtensionPerson> {
    const person = this.enter(await ChromiumExtensionPerson.arrive(name));
    await person.start(relay);
    return person;
  }

  /** Somebody with the extension in Firefox. */
  async firefoxExtension(name: string, relay: { url: string } = this.relay): Promise<FirefoxExtensionPerson> {
    const person = this.enter(await FirefoxExtensionPerson.arrive(name));
    await person.start(relay);
    return person;
  }

  /** Two people with the web app who can write to each other, their conversation open. */
  async friends(first: string, second: string, options: WebOptions = {}): Promise<[WebPerson, WebPerson]> {
    const [inviter, invitee] = await Promise.all([this.web(first, options), this.web(second, options)]);
    const { link } = await inviter.invite();
    await invitee.accept(link);
    await meet(inviter, invitee);
    return [inviter, invitee];
  }

  private enter<P extends Person & { leave(): Promise<void> }>(person: P): P {
    this.present.push(person);
    return person;
  }

  /** Pictures of what everybody saw last. */
  async pictures(): Promise<{ name: string; picture: Buffer }[]> {
    const pictures = [];
    for (const person of this.present) {
      const picture = await person.surface.screenshot().catch(() => undefined);
      if (picture) pictures.push({ name: person.name, picture });
    }
    return pictures;
  }

  async leave(): Promise<void> {
    await Promise.allSettled(this.present.map((person) => person.leave()));
  }
}

/** Both see the other in their list and open the conversation. */
export async function meet(one: Person, other: Person): Promise<void> {
  await Promise.all([one.sees("conversation"), other.sees("conversation")]);
  await Promise.all([one.open(other.name), other.open(one.name)]);
}

/**
 * One writes, the other answers, each sees exactly that and in this order.
 * An answer carries the acknowledgement of what it answers; of the last
 * message only the relay is known to have it.
 */
export async function exchange(one: Person, other: Person, before: string[] = []): Promise<string[]> {
  const texts = [...before];
  const round = Math.floor(before.length / 3) + 1;
  const said: [Person, Person, string][] = [
    [one, other, `hello ${other.name} (${round})`],
    [other, one, `hello ${one.name}, how are you? (${round})`],
    [one, other, `well, and you? (${round})`],
  ];
  for (const [from, to, text] of said) {
    await from.send(text);
    texts.push(text);
    await to.expectConversation(texts);
  }
  await one.expectConversation(texts);
  await one.expectState(said[0]?.[2] ?? "", "delivered");
  await one.expectState(said[2]?.[2] ?? "", "sent|delivered");
  return texts;
}

export const test = base.extend<Scene>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the pattern
  relay: async ({}, use, info) => {
    const relay = await Relay.start();
    await use(relay);
    if (info.status !== info.expectedStatus) {
      await info.attach("relay.log", { body: relay.logs(), contentType: "text/plain" });
    }
    await relay.close();
  },
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the pattern
  older: async ({}, use) => {
    const folders: { remove(): Promise<void> }[] = [];
    await use(async (commit) => {
      const folder = await temporaryFolder("older");
      folders.push(folder);
      return olderWebApp(commit, folder.path);
    });
    for (const folder of folders) await folder.remove();
  },
  wire: async ({ relay }, use) => {
    const wire = await Wire.to(relay.url);
    await use(wire);
    await wire.close();
  },
  cast: async ({ relay }, use, info) => {
    const cast = new Cast(relay);
    await use(cast);
    if (info.status !== info.expectedStatus) {
      for (const { name, picture } of await cast.pictures()) {
        await info.attach(`${name}.png`, { body: picture, contentType: "image/png" });
      }
    }
    await cast.leave();
  },
});

export { expect } from "@playwright/test";
