import type { Page } from "@playwright/test";
import { defects } from "../lib/axe.ts";
import { ChromiumSurface } from "../lib/chromium.ts";
import type { FirefoxSurface } from "../lib/firefox.ts";
import {
  changePassphrase,
  everything,
  lockNow,
  openSettings,
  passphrase,
  refused,
  removePassphrase,
  setPassphrase,
  tryPassphrase,
  unlock,
} from "../lib/lock.ts";
import { ChromiumExtensionPerson, type Person, WebPerson } from "../lib/person.ts";
import { exchange, expect, meet, test } from "../lib/scene.ts";
import { id } from "../lib/surface.ts";

// Deriving a key takes its time, above all on two cores shared by two browsers.

/** Looks at the page as it stands with axe, in both colour schemes. */
async function lookAt(page: Page, what: string): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await defects(page), `${what}, ${colorScheme}`).toEqual([]);
  }
}

/** The same person looking at another tab of the same browser. */
async function anotherTab(person: WebPerson): Promise<WebPerson> {
  const page = await person.browser.context.newPage();
  await page.goto(person.home);
  return Object.assign(Object.create(WebPerson.prototype), person, {
    page,
    surface: new ChromiumSurface(page),
  });
}

/** Locked, nothing of what was there can be read. */
async function expectNothing(person: Person, secrets: string[]): Promise<void> {
  await person.sees("locked");
  const seen = await everything(person);
  for (const secret of secrets) expect(seen).not.toContain(secret);
  expect(await person.surface.title()).toBe("Petmail");
}

test("a passphrase locks everything, and only it opens it again", async ({ cast }) => {
  const [ana, ben] = await cast.friends("Ana-Lockwood", "Ben-Lockwood");
  const texts = await exchange(ana, ben);
  await setPassphrase(ana);
  await ana.open("Ben-Lockwood");
  await lockNow(ana);
  await expectNothing(ana, ["Lockwood", ...texts]);

  // What comes meanwhile waits at the relay.
  await ben.send("while you are away");
  texts.push("while you are away");
  await ben.expectState("while you are away", "sent");
  await expectNothing(ana, ["Lockwood", ...texts]);

  await tryPassphrase(ana, "not the passphrase");
  await refused(ana);
  await expectNothing(ana, ["Lockwood", ...texts]);
  // Composed and decomposed letters, and full-width ones, are the same to a person.
  await unlock(ana, passphrase.replace("Z", "\uff3a"));
  await ana.open("Ben-Lockwood");
  await ana.expectConversation(texts);
  await ana.send("here again");
  await ben.expectConversation([...texts, "here again"]);
});

test("a browser that starts again is locked; a changed passphrase replaces the old; a removed one is gone", async ({
  cast,
}) => {
  const [ana, ben] = await cast.friends("Ana", "Ben");
  const texts = await exchange(ana, ben);
  await setPassphrase(ana);
  await ana.restartBrowser();
  await expectNothing(ana, ["Ben", ...texts]);
  await unlock(ana);

  const other = "nine cautious herons";
  await changePassphrase(ana, passphrase, other);
  await ana.surface.reload();
  await tryPassphrase(ana, passphrase);
  await refused(ana);
  await unlock(ana, other);

  // Removing it takes the present one.
  await openSettings(ana);
  await ana.surface.click(id("passphrase-remove"));
  await ana.surface.fill(id("passphrase-present"), passphrase);
  await ana.surface.click(id("lock-save"));
  await refused(ana);
  await ana.surface.reload();
  await unlock(ana, other);
  await removePassphrase(ana, other);
  expect(await ana.surface.visible(id("lock-at-once"))).toBe(false);
  await ana.restartBrowser();
  await ana.open("Ben");
  await ana.expectConversation(texts);
});

test("all tabs lock at once, and open at once", async ({ cast }) => {
  const [ana, ben] = await cast.friends("Ana", "Ben");
  const texts = await exchange(ana, ben);
  await setPassphrase(ana);
  const second = await anotherTab(ana);
  await second.open("Ben");
  await second.expectConversation(texts);
  await lockNow(ana);
  await expectNothing(second, ["Ben", ...texts]);
  await unlock(second);
  await ana.sees("settings");
  await ana.open("Ben");
  await ana.expectConversation(texts);

  // The tab that holds the agent is closed: whoever stands in has no key.
  await ana.page.close();
  await expectNothing(second, ["Ben", ...texts]);
  await unlock(second);
  await second.open("Ben");
  await second.expectConversation(texts);
});

/** Sets the clock of the agent in a page on, as if the computer had slept. */
async function pass(page: Page, minutes: number): Promise<void> {
  const [worker] = page.workers();
  if (!worker) throw new Error("the page runs no agent");
  await worker.evaluate((shift) => {
    const Before = Date;
    globalThis.Date = class extends Before {
      constructor(time?: number) {
        super(time ?? Before.now() + shift);
      }
      static override now() {
        return Before.now() + shift;
      }
    } as DateConstructor;
  }, minutes * 60_000);
}

test("whoever is away for the time that was set finds all tabs locked", async ({ cast }) => {
  const [ana, ben] = await cast.friends("Ana-Lockwood", "Ben-Lockwood");
  const texts = await exchange(ana, ben);
  await setPassphrase(ana);
  await ana.page.selectOption(id("auto-lock"), "15");
  const second = await anotherTab(ana);
  await second.open("Ben-Lockwood");
  await second.expectConversation(texts);

  // A sign in any tab counts: ten minutes after it are not the fifteen.
  await pass(ana.page, 10);
  await second.send("still here");
  texts.push("still here");
  await ben.expectConversation(texts);
  await pass(ana.page, 10);
  await ben.send("good");
  texts.push("good");
  await second.expectConversation(texts);

  await pass(ana.page, 6);
  for (const tab of [ana, second]) await expectNothing(tab, ["Lockwood", ...texts]);
  await ben.send("gone?");
  await ben.expectState("gone?", "sent");
  await unlock(second);
  await second.open("Ben-Lockwood");
  await second.expectConversation([...texts, "gone?"]);
});

test("the form says what is wrong before anything is changed", async ({ cast }) => {
  const ana = await cast.web("Ana");
  await openSettings(ana);
  await ana.surface.click(id("passphrase-set"));
  await ana.surface.fill(id("passphrase-new"), "1234567");
  expect(await ana.surface.attributes(id("strength"), "data-strength")).toEqual(["short"]);
  await ana.surface.click(id("lock-save"));
  await refused(ana);
  await ana.surface.fill(id("passphrase-new"), "password1");
  await expect.poll(() => ana.surface.attributes(id("strength"), "data-strength")).toEqual(["weak"]);
  await ana.surface.fill(id("passphrase-new"), passphrase);
  await ana.surface.fill(id("passphrase-again"), `${passphrase}!`);
  await ana.surface.click(id("lock-save"));
  await refused(ana);
  await lookAt(ana.page, "settings with the form of the lock");
  await ana.surface.click(id("cancel"));
  expect(await ana.surface.visible(id("lock-at-once"))).toBe(false);
  expect(await ana.read("storage-backup")).toContain("Never");
  expect(await ana.read("storage-used")).toMatch(/\d.*B\W+of the\W+\d.*B/);
});

test("a forgotten passphrase leaves only to begin anew", async ({ cast }) => {
  const ana = await cast.web("Ana");
  await setPassphrase(ana);
  await lockNow(ana);
  await lookAt(ana.page, "locked");
  await ana.surface.click(id("forgotten"));
  await lookAt(ana.page, "locked, with the way to begin anew");
  expect(await ana.page.locator(id("erase-anew")).isDisabled()).toBe(true);
  await ana.surface.fill(id("erase-word"), "delete it");
  expect(await ana.page.locator(id("erase-anew")).isDisabled()).toBe(true);
  await ana.surface.fill(id("erase-word"), "DELETE");
  await ana.surface.click(id("erase-anew"));
  await ana.introduce();
  await ana.sees("invite-new");
  expect(await ana.surface.visible(id("lock-at-once"))).toBe(false);
});

/** Takes one half of the storage away, from a page of the origin that runs no agent. */
async function wipe(person: WebPerson, half: "records" | "root"): Promise<void> {
  const page = await person.browser.context.newPage();
  await page.goto(new URL("/app.webmanifest", person.home).href);
  await page.evaluate(async (half) => {
    if (half === "root") {
      const directory = await navigator.storage.getDirectory();
      await directory.removeEntry("petmail-root");
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const request = indexedDB.deleteDatabase("petmail-vault");
      request.onsuccess = () => resolve();
      request.onerror = () => reject(request.error);
    });
  }, half);
  await page.close();
}

for (const [half, problem] of [
  ["records", "store_gone"],
  ["root", "root_gone"],
] as const) {
  test(`storage that lost its ${half} is explained, and nothing happens by itself`, async ({ cast }) => {
    const ana = await cast.web("Ana");
    await ana.surface.goto("about:blank");
    await wipe(ana, half);
    for (let i = 0; i < 2; i++) {
      await ana.surface.goto("about:blank");
      await ana.surface.goto(ana.home);
      await ana.sees("broken");
      expect(await ana.surface.attributes(id("broken"), "data-problem")).toEqual([problem]);
    }
    await ana.surface.click(id("begin-anew"));
    await lookAt(ana.page, problem);
    await ana.surface.fill(id("erase-word"), "DELETE");
    await ana.surface.click(id("erase-anew"));
    await ana.introduce();
    await ana.sees("invite-new");
    await ana.surface.reload();
    await ana.sees("invite-new");
  });
}

test("a passkey opens what a passphrase opens, and each can go", async ({ cast }) => {
  const ana = await cast.web("Ana");
  const devtools = await ana.browser.context.newCDPSession(ana.page);
  await devtools.send("WebAuthn.enable");
  await devtools.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      ctap2Version: "ctap2_1",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      hasPrf: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  await setPassphrase(ana);
  await ana.surface.click(id("passkey-add"));
  await ana.surface.fill(id("passphrase-present"), passphrase);
  await ana.surface.click(id("lock-save"));
  await ana.sees("passkey-remove");
  await lockNow(ana);
  await lookAt(ana.page, "locked, with a passkey");
  await ana.surface.click(id("unlock-passkey"));
  await ana.sees("settings");
  await lockNow(ana);
  await unlock(ana);

  // The passphrase goes, the passkey stays.
  await removePassphrase(ana, passphrase);
  await lockNow(ana);
  expect(await ana.surface.visible(id("unlock-passphrase"))).toBe(false);
  await ana.surface.click(id("unlock-passkey"));
  await ana.sees("settings");
  await openSettings(ana);
  await ana.surface.click(id("passkey-remove"));
  await ana.surface.click(id("lock-save"));
  await ana.sees("passkey-add");
  expect(await ana.surface.visible(id("lock-at-once"))).toBe(false);
});

test("the extension's popup and badge are empty while Petmail is locked", async ({ cast }) => {
  const ana = await cast.chromiumExtension("Ana");
  const ben = await cast.web("Ben");
  const { link } = await ben.invite();
  await ana.accept(link);
  await ben.open("Ana");
  await ana.sees("conversation");
  await ana.surface.goto(ana.home);
  await ben.send("psst");
  const badge = () =>
    ana.browser.context
      .serviceWorkers()
      .find((worker) => worker.url().startsWith("chrome-extension:"))
      ?.evaluate(() =>
        (
          globalThis as unknown as { chrome: { action: { getBadgeText(of: object): Promise<string> } } }
        ).chrome.action.getBadgeText({}),
      );
  await expect.poll(badge).toBe("1");
  await setPassphrase(ana);
  await lockNow(ana);
  await expect.poll(badge).toBe("");
  await ben.send("still there?");
  await ben.expectState("still there?", "sent");

  const page = await ana.browser.context.newPage();
  await page.goto(`chrome-extension://${ana.extensionId}/popup.html`);
  const popup: ChromiumExtensionPerson = Object.assign(
    Object.create(ChromiumExtensionPerson.prototype),
    ana,
    { page, surface: new ChromiumSurface(page) },
  );
  await expectNothing(popup, ["Ben", "psst", "still there?"]);
  await lookAt(page, "popup, locked");
  expect(await badge()).toBe("");

  // The agent lives on without the page, and so does the lock with it.
  await ana.restartBrowser();
  await expectNothing(ana, ["Ben", "psst"]);
  await unlock(ana);
  await ana.open("Ben");
  await ana.expectConversation(["psst", "still there?"]);
});

test("the extension in Firefox locks and opens", async ({ cast }) => {
  const ben = await cast.web("Ben");
  const ana = await cast.firefoxExtension("Ana");
  const { code } = await ben.invite();
  await ana.accept(code);
  await meet(ana, ben);
  const texts = await exchange(ana, ben);
  await setPassphrase(ana);
  expect(await ana.surface.visible(id("passkey-add"))).toBe(false);
  await lockNow(ana);
  await expectNothing(ana, ["Ben", ...texts]);
  await tryPassphrase(ana, "not the passphrase");
  await refused(ana);
  await ana.restartBrowser();
  await expectNothing(ana, ["Ben", ...texts]);
  await unlock(ana);
  await ana.open("Ben");
  await ana.expectConversation(texts);
});

test("notifications that are shown go when Petmail locks", async ({ cast }) => {
  const [ana, ben] = await cast.friends("Ana", "Ben");
  await ana.browser.context.grantPermissions(["notifications"], { origin: new URL(ana.home).origin });
  const shown = () =>
    ana.page.evaluate(async () => {
      const registration = await navigator.serviceWorker.ready;
      return (await registration.getNotifications()).map(({ title }) => title);
    });
  await setPassphrase(ana);
  await ana.surface.click(id("notifications"));
  await expect.poll(() => ana.page.locator(id("notifications")).isChecked()).toBe(true);
  await ben.send("look here");
  await expect.poll(shown).toEqual(["Ben"]);
  await lockNow(ana);
  await expect.poll(shown).toEqual([]);
  await ben.send("and here");
  await ben.expectState("and here", "sent");
  await expectNothing(ana, ["Ben", "look here", "and here"]);
  expect(await shown()).toEqual([]);
});

test("Firefox explains storage that lost its records", async ({ cast }) => {
  const ana = await cast.firefoxExtension("Ana");
  const surface = ana.surface as FirefoxSurface;
  await surface.page.evaluate(() => void indexedDB.deleteDatabase("petmail-vault"));
  await ana.sees("broken");
  expect(await ana.surface.attributes(id("broken"), "data-problem")).toEqual(["store_gone"]);
  await ana.restartBrowser();
  await ana.sees("broken");
  await ana.surface.click(id("begin-anew"));
  await ana.surface.fill(id("erase-word"), "DELETE");
  await ana.surface.click(id("erase-anew"));
  await ana.sees("persona-name");
});
