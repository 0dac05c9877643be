import { roomFile } from "../agent/room";

/**
 * Clears what a deleted Petmail leaves in an origin besides its database and
 * root file, which the Worker has taken care of: the kept files of the app, and
 * the file in which room is looked for. Pages store nothing themselves but
 * that a Petmail was here (memory.ts); tests/arch sees to that.
 */
export async function clearOrigin(): Promise<void> {
  const names = (await globalThis.caches?.keys().catch(() => [])) ?? [];
  await Promise.all(names.map((name) => caches.delete(name)));
  // It is empty. Where the Worker that has ended still holds it, it stays, and
  // the next one uses it; nothing else that is cleared may depend on it.
  const folder = await navigator.storage?.getDirectory?.().catch(() => undefined);
  await folder?.removeEntry(roomFile).catch(() => undefined);
}
