import { execFile } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { promisify } from "node:util";
import { brotliDecompress } from "node:zlib";
import { root } from "./paths.ts";

const run = promisify(execFile);

/** The folder that the relay's build puts into it. */
const web = join(root, "relay/cmd/petmail-relay/web");

/**
 * Builds today's relay with the web app of an earlier commit, of which
 * tests/fixtures has the built files, in a folder that is there and empty.
 * Returns its program, for Relay.up.
 */
export async function olderWebApp(commit: string, folder: string): Promise<string> {
  const packed = await readFile(join(root, `tests/fixtures/webapp/${commit}.tar.br`));
  const unpacked = run("tar", ["-x", "-C", folder]);
  unpacked.child.stdin?.end(await promisify(brotliDecompress)(packed));
  await unpacked;

  // Where Go finds another file than the one of a path, and where none.
  const replaced: Record<string, string> = {};
  for (const name of await filesOf(web)) replaced[join(web, name)] = "";
  for (const name of await filesOf(folder)) replaced[join(web, name)] = join(folder, name);
  const overlay = join(folder, "overlay.json");
  await writeFile(overlay, JSON.stringify({ Replace: replaced }));

  const program = join(folder, "petmail-relay");
  // As the Makefile builds it: what it has compiled only needs to be linked.
  const flags = ["-trimpath", "-ldflags=-s -w", "-overlay", overlay, "-o", program];
  await run(process.env.GO ?? "go", ["build", ...flags, "./relay/cmd/petmail-relay"], { cwd: root });
  return program;
}

async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}
