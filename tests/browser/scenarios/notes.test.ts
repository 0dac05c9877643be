import { defects } from "../lib/axe.ts";
import type { WebPerson } from "../lib/person.ts";
import { expect, test } from "../lib/scene.ts";
import { id } from "../lib/surface.ts";
import { Wormhole } from "../lib/wormhole.ts";

/** Waits until the note that is open is in the state. */
async function expectNote(person: WebPerson, state: string): Promise<void> {
  await expect
    .poll(async () => (await person.surface.attributes(id("note-status"), "data-state"))[0] ?? "", {
      timeout: 90_000,
      message: `the note that ${person.name} sees`,
    })
    .toBe(state);
}

async function lookAt(person: WebPerson, what: string): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await person.page.emulateMedia({ colorScheme });
    expect(await defects(person.page), `${what}, ${colorScheme}`).toEqual([]);
  }
}

/** Goes to where a note is written, by way of an invitation. */
async function writeNote(person: WebPerson, text: string): Promise<void> {
  await person.surface.click(id("invite-new"));
  await person.sees("invite-qr");
  await person.page
    .locator("summary", { has: person.page.locator("xpath=../*[@data-testid='note-new']") })
    .click();
  await person.surface.click(id("note-new"));
  await person.sees("note-input");
  await person.surface.fill(id("note-input"), text);
}

test("a note goes to somebody with wormhole, and survives a reload on its way", async ({ cast }) => {
  const ana = await cast.web("Ana");
  await writeNote(ana, "for you:\n<b>grüße</b> 😀");
  await lookAt(ana, "note-write");
  await ana.surface.click(id("note-send"));
  await ana.sees("note-code");
  await lookAt(ana, "note-code");
  const command = await ana.read("note-command");
  expect(command).toMatch(/^wormhole --relay-url ws:\/\/localhost:\d+\/v1 receive \d+-[a-z]+-[a-z]+$/);
  await ana.surface.reload();
  await ana.sees("note-item");
  const there = await Wormhole.type(command);
  const { worked, said } = await there.end();
  expect(worked, said).toBe(true);
  expect(said).toContain("for you:\n<b>grüße</b> 😀");
  await ana.surface.click(id("note-item"));
  await expectNote(ana, "delivered");
  await lookAt(ana, "note-delivered");
  await ana.surface.click(id("note-dismiss"));
  await expect.poll(() => ana.surface.visible(id("note-item"))).toBe(false);
});

test("a note comes from somebody with wormhole, as text and nothing else", async ({ cast }) => {
  const ana = await cast.web("Ana", { viewport: { width: 320, height: 568 } });
  await ana.surface.click(id("invite-have"));
  await ana.surface.click(id("note-have"));
  await ana.sees("note-send-command");
  const text = '<img src=x onerror="document.title=1"> see https://petmail.example/ 😀';
  const there = await Wormhole.type((await ana.read("note-send-command")).replace(/ "…"$/, ""), text);
  const code = await there.code();
  // Typed where Petmail's codes go, it is recognized.
  await ana.surface.click(id("back"));
  await ana.surface.click(id("invite-have"));
  await ana.surface.fill(id("invite-enter"), code);
  await ana.surface.click(id("note-have"));
  expect(await ana.read("note-code-input")).toBe(code);
  await lookAt(ana, "note-enter");
  await ana.page.locator(id("note-code-input")).press("Enter");
  await expectNote(ana, "received");
  expect(await ana.read("note-text")).toBe(text);
  expect(await ana.page.locator(`${id("note-text")} img`).count()).toBe(0);
  await lookAt(ana, "note-received");
  const sideways = await ana.page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(sideways).toBe(0);
  const { worked, said } = await there.end();
  expect(worked, said).toBe(true);

  // It stays over a restart, and goes when the person says so.
  await ana.restartBrowser();
  await ana.surface.click(id("note-item"));
  await ana.sees("note-text");
  await ana.surface.click(id("note-dismiss"));
  await ana.surface.click(id("confirm"));
  await expect.poll(() => ana.surface.visible(id("note-item"))).toBe(false);
});

test("a wrong code at wormhole burns it; the text is kept for a new one", async ({ cast }) => {
  const ana = await cast.web("Ana");
  await writeNote(ana, "secret");
  await ana.surface.click(id("note-send"));
  await ana.sees("note-command");
  const command = await ana.read("note-command");
  const other = command.endsWith("-acme") ? "-adrift" : "-acme";
  const there = await Wormhole.type(command.replace(/-[a-z]+$/, other));
  const { worked, said } = await there.end();
  expect(worked).toBe(false);
  expect(said).not.toContain("secret");
  await expectNote(ana, "wrong");
  await lookAt(ana, "note-wrong");
  await ana.surface.click(id("note-again"));
  await expect.poll(() => ana.read("note-command"), { timeout: 90_000 }).toContain(" receive ");
  expect(await ana.surface.attributes(id("note-item"), "aria-current")).toEqual(["true"]);
  const again = await (await Wormhole.type(await ana.read("note-command"))).end();
  expect(again.worked, again.said).toBe(true);
  expect(again.said).toContain("secret");
  await expectNote(ana, "delivered");
});
