/**
 * Clears what a deleted Petmail leaves in an origin besides its database and
 * root file, which the Worker has taken care of: kept files of the app, and
 * whatever a page may have stored.
 */
export async function clearOrigin(): Promise<void> {
  for (const storage of [globalThis.localStorage, globalThis.sessionStorage]) {
    try {
      storage?.clear();
    } catch {
      // forbidden here, so nothing is there
    }
  }
  const names = (await globalThis.caches?.keys().catch(() => [])) ?? [];
  await Promise.all(names.map((name) => caches.delete(name)));
}
