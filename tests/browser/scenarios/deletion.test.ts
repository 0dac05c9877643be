import type { Page } from "@playwright/test";
import { defects } from "../lib/axe.ts";
import type { Person } from "../lib/person.ts";
import { expect, meet, test } from "../lib/scene.ts";
import { id } from "../lib/surface.ts";

/** Looks at the page as it stands with axe, in both colour schemes. */
async function lookAt(page: Page, what: string): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await defects(page), `${what}, ${colorScheme}`).toEqual([]);
  }
}

/** Receipts in seconds, so that nobody waits. */
async function quickReceipts(person: Person, back: string): Promise<void> {
  await person.surface.click(id("settings"));
  await person.surface.click(id("quick-receipts"));
  await person.open(back);
}

test("a message deleted here goes from here", async ({ cast }) => {
  const [ana, ben] = await cast.friends("Ana", "Ben");
  await ana.send("stays");
  await ana.send("goes");
  await ben.expectConversation(["stays", "goes"]);
  await ben.choose("goes", "message-delete");
  await lookAt(ben.page, "asked before a message is deleted");
  await ben.surface.click(id("confirm"));
  await ben.expectConversation(["stays"]);
  await ben.surface.reload();
  await ben.open("Ana");
  await ben.expectConversation(["stays"]);
  await ana.expectConversation(["stays", "goes"]);
});

test("a message deleted for everyone goes on both sides, and one sees when", async ({ cast }) => {
  const [ana, ben] = await cast.friends("Ana", "Ben");
  await quickReceipts(ben, "Ana");
  await ana.send("stays");
  await ana.send("goes");
  await ben.expectConversation(["stays", "goes"]);
  await ana.expectState("goes", "sent|delivered");
  await ana.choose("goes", "message-delete-everyone");
  await lookAt(ana.page, "asked before a message is deleted for everyone");
  await ana.surface.click(id("confirm"));
  await ana.expectConversation(["stays", "You deleted this message"]);
  await expect
    .poll(async () => (await ben.surface.texts(id("message-text")))[1])
    .toMatch(/Ana.? deleted this message/);
  await expect.poll(() => ana.read("message-deletion")).toContain("done at");
  await lookAt(ana.page, "a tombstone of one's own");
  await lookAt(ben.page, "a tombstone");
  expect(await ben.page.content()).not.toContain("goes");

  await ana.choose("You deleted this message", "message-delete");
  await ana.surface.click(id("confirm"));
  await ana.expectConversation(["stays"]);
});

test("a timer is explained, set, seen by both, and shown on what is written", async ({ cast }) => {
  const [ana, ben] = await cast.friends("Ana", "Ben");
  await ana.send("before");
  await ana.surface.click(id("timer"));
  await ana.sees("timer-choices");
  await lookAt(ana.page, "disappearing messages");
  await ana.surface.click(id("timer-86400"));
  await ana.surface.click(id("confirm"));
  await expect.poll(() => ana.read("timer-line")).toContain("1 day");
  await expect.poll(() => ben.read("timer-line")).toContain("1 day");
  expect(await ben.surface.attributes(id("timer"), "data-seconds")).toEqual(["86400"]);
  await ben.send("after");
  await ana.expectConversation(["before", "after"]);
  // It runs for the reader from reading, for the writer from sending.
  for (const person of [ana, ben]) {
    await expect
      .poll(async () => (await person.surface.attributes(id("message-timer"), "title"))[0])
      .toMatch(/^disappears .*\d\d:\d\d/);
    expect(await person.surface.texts(id("message-timer"))).toHaveLength(1);
  }
  await lookAt(ana.page, "a message that disappears");
});

test("a draft outlives a reload and goes when it is sent", async ({ cast }) => {
  const [ana] = await cast.friends("Ana", "Ben");
  const field = () => ana.page.locator(id("message-input")).inputValue();
  await ana.surface.fill(id("message-input"), "not yet sent");
  // Kept as soon as another tab shows it.
  const second = await ana.browser.context.newPage();
  await second.goto(ana.home);
  await second.locator(id("conversation")).click();
  await expect.poll(() => second.locator(id("message-input")).inputValue()).toBe("not yet sent");
  await second.close();
  await ana.surface.reload();
  await ana.open("Ben");
  await expect.poll(field).toBe("not yet sent");
  // Where texts would not be sealed stands that a Petmail is here, and no draft.
  const clear = await ana.page.evaluate(() => [{ ...localStorage }, { ...sessionStorage }]);
  expect(clear).toEqual([{ "petmail-was-here": "1" }, {}]);
  await ana.surface.click(id("send"));
  await ana.expectConversation(["not yet sent"]);
  await ana.surface.reload();
  await ana.open("Ben");
  await ana.expectConversation(["not yet sent"]);
  expect(await field()).toBe("");
});

test("all messages go and the person stays; then everything goes", async ({ cast }) => {
  const [ana, ben] = await cast.friends("Ana", "Ben");
  await ana.send("one");
  await ben.expectConversation(["one"]);
  await ben.send("two");
  await ana.expectConversation(["one", "two"]);
  await ana.surface.click(id("details"));
  await ana.surface.click(id("clear"));
  await lookAt(ana.page, "asked before all messages are deleted");
  await ana.surface.click(id("confirm"));
  await ana.surface.click(id("details-close"));
  await ana.expectConversation([]);
  await ben.send("three");
  await ana.expectConversation(["three"]);
  await ben.expectConversation(["one", "two", "three"]);

  await ana.surface.click(id("details"));
  await ana.surface.click(id("forget"));
  await lookAt(ana.page, "asked before a person is forgotten");
  await ana.surface.click(id("confirm"));
  await ana.expectPeople([]);
  await ana.surface.reload();
  await ana.sees("invite-new");
  await ana.expectPeople([]);
});

test("a deleted Petmail begins from nothing, in every tab, and can meet people again", async ({ cast }) => {
  const [ana, ben] = await cast.friends("Ana", "Ben");
  await ana.send("gone soon");
  const second = await ana.browser.context.newPage();
  await second.goto(ana.home);
  await second.locator(id("conversation")).waitFor();
  await ana.surface.click(id("settings"));
  await ana.surface.click(id("erase"));
  await ana.sees("erase-word");
  await lookAt(ana.page, "asked before a Petmail is deleted");
  expect(await ana.page.locator(id("confirm")).isDisabled()).toBe(true);
  await ana.surface.fill(id("erase-word"), "delete");
  await ana.surface.click(id("confirm"));
  await ana.sees("persona-name");
  await second.locator(id("persona-name")).waitFor();
  await second.close();
  const left = await ana.page.evaluate(async () => {
    const open = (name: string) =>
      new Promise<number>((resolve, reject) => {
        const request = indexedDB.open(name);
        request.onerror = () => reject(request.error);
        request.onsuccess = () => {
          const db = request.result;
          const stores = [...db.objectStoreNames];
          if (stores.length === 0) return resolve(0);
          const count = db
            .transaction(stores)
            .objectStore(stores[0] ?? "")
            .count();
          count.onsuccess = () => resolve(count.result);
        };
      });
    const databases = await indexedDB.databases();
    const records = await Promise.all(databases.map(({ name }) => open(name ?? "")));
    return { storage: localStorage.length + sessionStorage.length, records };
  });
  expect(left.storage).toBe(0);
  for (const records of left.records) expect(records).toBeLessThan(10);
  await ana.introduce();
  await ana.sees("invite-new");
  await ana.expectPeople([]);
  const { link } = await ana.invite();
  await ben.accept(link);
  await ana.sees("conversation");
});

/** What a browser keeps of an extension besides what came with it. */
interface Kept {
  /** Whose links it opens. */
  links: string[];
  /** Where it may go. */
  origins: string[];
  /** How many records lie in each database. */
  records: Record<string, number>;
  /** The files of the origin. */
  files: string[];
  caches: string[];
  texts: number;
}

function kept(person: Person): Promise<Kept> {
  return person.surface.run<Kept>(`(async () => {
    const rules = await chrome.declarativeNetRequest.getDynamicRules();
    const { origins = [] } = await chrome.permissions.getAll();
    const records = {};
    for (const { name } of await indexedDB.databases()) {
      records[name] = await new Promise((resolve, reject) => {
        const open = indexedDB.open(name);
        open.onerror = () => reject(open.error);
        open.onsuccess = () => {
          const [store] = open.result.objectStoreNames;
          const count = open.result.transaction(store).objectStore(store).count();
          count.onsuccess = () => resolve(count.result);
          open.result.close();
        };
      });
    }
    const files = [];
    for await (const name of (await navigator.storage.getDirectory()).keys()) files.push(name);
    return {
      links: rules.map(({ condition }) => condition.regexFilter.replaceAll("\\\\", "").slice(1).split("/i(")[0]),
      origins,
      records,
      files: files.sort(),
      caches: await caches.keys(),
      texts: localStorage.length + sessionStorage.length,
    };
  })()`);
}

test("a person with the extension in Firefox deletes for somebody with the one in Chromium, and both delete all", async ({
  cast,
  relay,
}) => {
  // An address whose permission the extension asks for.
  const numeric = { url: relay.url.replace("localhost", "127.0.0.1") };
  const [ana, ben] = [await cast.chromiumExtension("Ana"), await cast.firefoxExtension("Ben", numeric)];
  const { link } = await ana.invite();
  await ben.accept(link);
  await meet(ana, ben);
  await ben.send("goes");
  await ana.expectConversation(["goes"]);
  await ben.expectState("goes", "sent|delivered");
  await ben.choose("goes", "message-delete-everyone");
  await ben.surface.click(id("confirm"));
  await expect
    .poll(async () => (await ana.surface.texts(id("message-text")))[0])
    .toMatch(/Ben.? deleted this message/);

  // Of the relay that the extension was built for it opens links from the first.
  const packed = ["http://localhost:8787", "http://localhost/*"];
  expect(await kept(ana)).toMatchObject({ links: [packed[0], relay.url], origins: [packed[1]] });
  expect(await kept(ben)).toMatchObject({
    links: [packed[0], numeric.url],
    origins: [packed[1], "http://127.0.0.1/*"],
  });
  const nothing: Kept = {
    links: packed.slice(0, 1),
    origins: packed.slice(1),
    records: { "petmail-vault": 0 },
    // Of the agent that waits for a new beginning.
    files: ["petmail-room", "petmail-root"],
    caches: [],
    texts: 0,
  };
  // The page, which begins anew as the agent does, may do so while it is asked.
  const keepsNothing = (person: Person) =>
    expect(async () => expect(await kept(person)).toEqual(nothing)).toPass({ timeout: 90_000 });
  await ben.erase();
  await keepsNothing(ben);
  // His mailbox is gone, and nobody who writes to it can tell.
  await ana.send("are you there?");
  await ana.expectState("are you there?", "sent");
  expect(await relay.metric('deposits_total{result="nobody"}')).toBeGreaterThan(0);
  await relay.restart(); // it counts its tables when it starts
  await expect.poll(() => relay.metric('stored{kind="mailboxes"}')).toBe(1);
  await ana.erase();
  await keepsNothing(ana);
  await relay.restart();
  await expect.poll(() => relay.metric('stored{kind="mailboxes"}')).toBe(0);
});
