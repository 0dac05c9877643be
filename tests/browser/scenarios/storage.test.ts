import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { Disk } from "../lib/disk.ts";
import { FirefoxWebPerson, type Person, WebPerson } from "../lib/person.ts";
import { expect, meet, test } from "../lib/scene.ts";
import { id } from "../lib/surface.ts";

// What keeps a Petmail from storing, or from being found at all, and what is
// said then. A browser may empty all that a site has stored when it writes to its
// database on a full disk. Nothing of that may happen to a Petmail.

/** Enough for a profile, and soon full, in bytes. */
const SMALL = 64 << 20;

/** Waits until an element is not to be seen any more. */
async function seesNoMore(person: Person, name: string): Promise<void> {
  await expect
    .poll(() => person.surface.visible(id(name)), {
      timeout: 90_000,
      message: `${person.name} sees ${name} go`,
    })
    .toBe(false);
}

test("a full disk loses nothing", async ({ relay, cast }) => {
  const disk = await Disk.insert(SMALL);
  if (!disk.image) {
    console.log(
      "No small disk can be had here: TestFullDisk in wasm/agenttest has a store that answers 'no room'.",
    );
    await disk.remove();
    return;
  }
  const ben = await cast.web("Ben");
  const ana = await WebPerson.arrive("Ana", relay, { profile: disk.folder });
  try {
    await ana.start();
    const { link } = await ana.invite();
    await ben.accept(link);
    await meet(ana, ben);
    await ana.send("before");
    await ben.expectConversation(["before"]);
    await ben.send("an answer");
    await ana.expectConversation(["before", "an answer"]);
    await ana.expectState("before", "delivered");
    // What makes the app work offline is kept, and takes most of the room.
    await expect
      .poll(() =>
        ana.surface.run<boolean>("navigator.serviceWorker.getRegistration().then((r) => Boolean(r?.active))"),
      )
      .toBe(true);
    // On so small a disk Chromium keeps no file above 10 MiB, the agent's among them.
    await relay.down();
    await ana.surface.reload();
    await ana.open("Ben");
    await ana.expectMessages(["before", "an answer"]);
    await relay.up();
    await ana.expectConnection("connected");

    await disk.fill();
    await setTimeout(1_500); // the last look at the disk is older than its answer holds
    await ana.surface.fill(id("message-input"), "not stored");
    await ana.surface.click(id("send"));
    await ana.sees("disk-full");
    await ben.send("while it is full");
    await expect.poll(() => ana.surface.texts(id("message-text"))).toContain("an answer");

    // Whoever comes back to it meanwhile is not welcomed as if nothing had been.
    await ana.surface.reload();
    await ana.sees("disk-full");
    expect(await ana.surface.visible(id("persona-name"))).toBe(false);

    await disk.makeRoom();
    await ana.open("Ben");
    await seesNoMore(ana, "disk-full");
    await ana.expectMessages(["before", "an answer", "while it is full"]);
    await ana.surface.reload();
    await ana.open("Ben");
    await ana.expectMessages(["before", "an answer", "while it is full"]);
    await ana.send("after");
    await ben.expectMessages(["before", "an answer", "while it is full", "after"]);
  } finally {
    await ana.leave();
    await disk.remove();
  }
});

test("storage that was emptied is not welcomed as a beginning", async ({ cast }) => {
  const ana = await cast.web("Ana");
  await ana.shutBrowser();
  // What Chromium empties on a full disk.
  for (const folder of ["IndexedDB", "File System", "Service Worker", "WebStorage"]) {
    await rm(join(ana.browser.profile, "Default", folder), { recursive: true, force: true });
  }
  await ana.openBrowser();
  for (let i = 0; i < 2; i++) {
    await ana.surface.goto(ana.home);
    await ana.sees("broken");
    expect(await ana.surface.attributes(id("broken"), "data-problem")).toEqual(["emptied"]);
    await ana.surface.goto("about:blank");
  }
  await ana.surface.goto(ana.home);
  await ana.surface.click(id("begin-anew"));
  await ana.surface.fill(id("erase-word"), "DELETE");
  await ana.surface.click(id("erase-anew"));
  await ana.introduce();
  await ana.sees("invite-new");
  await ana.surface.reload();
  await ana.sees("invite-new");
});

for (const Browser of [WebPerson, FirefoxWebPerson]) {
  test(`${Browser === WebPerson ? "Chromium" : "Firefox"} that keeps nothing of a site is told apart, by name of the setting`, async ({
    relay,
  }) => {
    const ana = await Browser.arrive("Ana", relay, { keepsNothing: true });
    try {
      await ana.surface.goto(ana.home);
      await ana.sees("allow-storage");
      expect(await ana.read("allow-storage")).toContain(new URL(relay.url).host);
      expect(await ana.surface.visible(id("persona-name"))).toBe(false);
    } finally {
      await ana.leave();
    }
  });
}

test("under a path of another host, the page says so", async ({ relay, cast }) => {
  const ana = await cast.visitor("Ana");
  // What a proxy does that cuts a path off, on a host of another site.
  await ana.page.route(`${relay.url}/**`, async (route) => {
    const url = new URL(route.request().url());
    if (!url.pathname.startsWith("/petmail/")) return route.fulfill({ status: 404, body: "not here" });
    url.pathname = url.pathname.slice("/petmail".length);
    return route.fulfill({ response: await route.fetch({ url: url.href }) });
  });
  for (const path of ["/petmail/", "/petmail/i/"]) {
    await ana.surface.goto(relay.url + path);
    await expect.poll(() => ana.surface.visible(".misplaced")).toBe(true);
  }
  await ana.page.unrouteAll();
  await ana.surface.goto(ana.home);
  await ana.sees("persona-name");
  expect(await ana.surface.visible(".misplaced")).toBe(false);
});
