import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The root of the repository. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), "../../..");

export const built = {
  relay: join(root, "bin/petmail-relay"),
  chromiumExtension: join(root, "dist/chromium"),
  firefoxExtension: join(root, "dist/firefox"),
  /** The agent with the commands that only tests may have. */
  testWasm: join(root, "dist/wasm-test/petmail.wasm"),
};

/** A folder of its own for one test, and how to be rid of it. */
export async function temporaryFolder(purpose: string): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), `petmail-${purpose}-`));
  return {
    path,
    remove: () => rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }),
  };
}
