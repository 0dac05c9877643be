import type { Person } from "./person.ts";
import { expect } from "./scene.ts";
import { id } from "./surface.ts";

/** What a person does with the lock, in the words of the pages. Each step waits for its effect. */
export const passphrase = "plover trivial Zebra 47";

/** How long deriving keys twice may take on a busy machine, in milliseconds. */
const PATIENCE = 90_000;

async function settled(person: Person): Promise<void> {
  await expect
    .poll(() => person.read("lock-saved"), { timeout: PATIENCE, message: `${person.name} changed the lock` })
    .not.toBe("");
}

export async function openSettings(person: Person): Promise<void> {
  await person.surface.click(id("settings"));
  await person.sees("lock-settings");
}

export async function setPassphrase(person: Person, text = passphrase): Promise<void> {
  await openSettings(person);
  await person.surface.click(id("passphrase-set"));
  await person.surface.fill(id("passphrase-new"), text);
  await person.surface.fill(id("passphrase-again"), text);
  await person.surface.click(id("lock-save"));
  await settled(person);
}

export async function changePassphrase(person: Person, before: string, after: string): Promise<void> {
  await openSettings(person);
  await person.surface.click(id("passphrase-change"));
  await person.surface.fill(id("passphrase-present"), before);
  await person.surface.fill(id("passphrase-new"), after);
  await person.surface.fill(id("passphrase-again"), after);
  await person.surface.click(id("lock-save"));
  await settled(person);
}

export async function removePassphrase(person: Person, text: string): Promise<void> {
  await openSettings(person);
  await person.surface.click(id("passphrase-remove"));
  await person.surface.fill(id("passphrase-present"), text);
  await person.surface.click(id("lock-save"));
  await settled(person);
}

export async function lockNow(person: Person): Promise<void> {
  await person.surface.click(id("lock-at-once"));
  await person.sees("locked");
}

/** Types a passphrase, right or wrong. */
export async function tryPassphrase(person: Person, text: string): Promise<void> {
  await person.sees("unlock-passphrase");
  await person.surface.fill(id("unlock-passphrase"), text);
  await person.surface.click(id("unlock"));
}

export async function unlock(person: Person, text = passphrase): Promise<void> {
  await tryPassphrase(person, text);
  await person.sees("settings");
}

/** Waits until the person is told that it did not open. */
export async function refused(person: Person): Promise<void> {
  await expect.poll(() => person.read("error"), { timeout: PATIENCE }).not.toBe("");
}

/** All that stands in a page's document, its title and its fields. */
export async function everything(person: Person): Promise<string> {
  const [text] = await person.surface.texts("html");
  const values = await person.surface.texts("input, textarea");
  const labels = await person.surface.attributes("[aria-label]", "aria-label");
  const titles = await person.surface.attributes("[title]", "title");
  const names = await person.surface.attributes("[data-name]", "data-name");
  return [await person.surface.title(), text, ...values, ...labels, ...titles, ...names].join("\n");
}
