/**
 * Clears what a deleted Petmail leaves in an origin besides its database and
 * root file, which the Worker has taken care of: the kept files of the app.
 * Pages store nothing themselves; tests/arch sees to that.
 */
export async function clearOrigin(): Promise<void> {
  const names = (await globalThis.caches?.keys().catch(() => [])) ?? [];
  await Promise.all(names.map((name) => caches.delete(name)));
}
