import { appendFile, copyFile, cp, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { createServer, request } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { built, temporaryFolder } from "./paths.ts";
import type { Surface } from "./surface.ts";

/**
 * Runs in the agent's Worker before the agent: remembers, in memory only, every
 * record that is put into IndexedDB, and hands it out when asked. The records
 * are what a person could have copied from the disk at any time. It also moves
 * the agent's clock.
 */
const listener = `{
  const seen = [];
  const put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function (value, key) {
    seen.push([key, new Uint8Array(value)]);
    return put.call(this, value, key);
  };
  const channel = new BroadcastChannel("witness");
  channel.onmessage = ({ data }) => {
    if (data === "what have you seen") channel.postMessage(seen.splice(0));
    if (data.advance) {
      petmailDebug.advance(data.advance);
      channel.postMessage([]);
    }
  };
}
`;

const isScript = (name: string) => /(^|\/)worker-[^/]*\.js$/.test(name);
const isProgram = (name: string) => /(^|\/)petmail-[^/]*\.wasm$/.test(name);

/** A copy of a built extension whose agent, the test build, is watched as it stores. */
export async function watched(extension: string): Promise<{ path: string; remove(): Promise<void> }> {
  const copy = await temporaryFolder("watched");
  await cp(extension, copy.path, { recursive: true });
  let found = 0;
  for (const name of await readdir(copy.path, { recursive: true })) {
    const path = join(copy.path, name);
    if (isProgram(name)) await copyFile(built.testWasm, path);
    if (!isScript(name)) continue;
    const script = await readFile(path, "utf8");
    if (!script.includes("petmailHost")) continue;
    await writeFile(path, listener + script);
    found++;
  }
  if (found !== 1) throw new Error(`found ${found} scripts of the agent's Worker`);
  return copy;
}

/** The same for the web app: stands before a relay and passes all else on. */
export async function watchedRelay(relay: {
  url: string;
}): Promise<{ url: string; remove(): Promise<void> }> {
  const { hostname, port } = new URL(relay.url);
  const server = createServer((ask, answer) => {
    const { pathname } = new URL(ask.url ?? "/", relay.url);
    const changed = isScript(pathname) || isProgram(pathname);
    const { "accept-encoding": encoding, ...rest } = ask.headers;
    const headers = changed || !encoding ? rest : { ...rest, "accept-encoding": encoding };
    const on = request({ hostname, port, method: ask.method, path: ask.url, headers }, async (got) => {
      if (!changed) {
        answer.writeHead(got.statusCode ?? 502, got.headers);
        got.pipe(answer);
        return;
      }
      const plain = await buffer(got);
      const body = isProgram(pathname)
        ? await readFile(built.testWasm)
        : plain.includes("petmailHost")
          ? Buffer.concat([Buffer.from(listener), plain])
          : plain;
      answer.writeHead(got.statusCode ?? 502, { ...got.headers, "content-length": body.length });
      answer.end(body);
    });
    on.on("error", () => answer.destroy());
    ask.pipe(on);
  });
  server.on("upgrade", (ask, near, first) => {
    const far = connect(Number(port), hostname);
    far.write(`${ask.method} ${ask.url} HTTP/1.1\r\n`);
    for (let i = 0; i < ask.rawHeaders.length; i += 2) {
      far.write(`${ask.rawHeaders[i]}: ${ask.rawHeaders[i + 1]}\r\n`);
    }
    far.write("\r\n");
    far.write(first);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on("error", () => other.destroy());
      one.on("close", () => other.destroy());
      one.pipe(other);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: `http://localhost:${address.port}`,
    remove: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Asks the witness, and waits for its answer. */
function ask<T>(surface: Surface, question: string, answer: string): Promise<T> {
  return surface.run<T>(`new Promise((resolve, reject) => {
    const channel = new BroadcastChannel("witness");
    channel.onmessage = ({ data }) => {
      if (!Array.isArray(data)) return;
      channel.close();
      resolve(${answer});
    };
    channel.postMessage(${question});
    setTimeout(() => reject(new Error("the agent is not watched")), 60_000);
  })`);
}

/** Moves the agent's clock forward, in seconds. */
export async function advance(surface: Surface, seconds: number): Promise<void> {
  await ask(surface, `{ advance: ${seconds} }`, "true");
}

/** Adds to a dump all that the agent has stored since the last call. */
export async function collect(surface: Surface, dump: string): Promise<void> {
  const lines = await ask<[string, string][]>(
    surface,
    '"what have you seen"',
    `data.map(([name, bytes]) => {
      let text = "";
      for (const byte of bytes) text += String.fromCharCode(byte);
      return [name, btoa(text)];
    })`,
  );
  await write(dump, lines);
}

/** Adds to a dump what lies in the vault's database now. */
export async function copyDatabase(surface: Surface, dump: string): Promise<void> {
  const lines = await surface.run<[string, string][]>(`new Promise((resolve, reject) => {
    const open = indexedDB.open("petmail-vault");
    open.onerror = () => reject(open.error);
    open.onsuccess = () => {
      const records = open.result.transaction("records").objectStore("records");
      const keys = records.getAllKeys();
      const values = records.getAll();
      values.onerror = () => reject(values.error);
      values.onsuccess = () => {
        open.result.close();
        resolve(keys.result.map((key, i) => {
          let text = "";
          for (const byte of values.result[i]) text += String.fromCharCode(byte);
          return [key, btoa(text)];
        }));
      };
    };
  })`);
  await write(dump, lines);
}

async function write(dump: string, lines: [string, string][]): Promise<void> {
  const text = lines.map(([name, value]) => `${JSON.stringify({ name, value })}\n`).join("");
  await appendFile(dump, text);
}

/** How every slot of a vault's root file begins, whatever its version (wasm/vault/rootfile.go). */
const SLOT = "petmvlt";

/** More than a root file has, in bytes: what is larger only names the slots. */
const ROOT_MOST = 1 << 16;

/** What may be the vault's root file, as it lies in a profile now. */
async function roots(profile: string): Promise<Buffer[]> {
  const found: Buffer[] = [];
  for (const name of (await readdir(profile, { recursive: true })).sort()) {
    const path = join(profile, name);
    const about = await stat(path).catch(() => undefined); // a running browser removes files
    if (!about?.isFile() || about.size > ROOT_MOST) continue;
    const bytes = await readFile(path).catch(() => undefined);
    if (bytes?.includes(SLOT)) found.push(bytes);
  }
  return found;
}

/** Copies the vault's root file as it lies in a profile now into a folder. */
export async function copyRoot(profile: string, to: string): Promise<void> {
  await mkdir(to);
  for (const [i, bytes] of (await roots(profile)).entries()) await writeFile(join(to, String(i)), bytes);
}

/** Whom shutIn shuts in. */
interface Watched {
  surface: Surface;
  browser: { shut(): Promise<void> };
  openBrowser(): Promise<void>;
}

/** Closes a browser when all that it has stored is in a dump. */
export async function shutIn(person: Watched, profile: string, dump: string): Promise<void> {
  for (;;) {
    const before = await roots(profile);
    await collect(person.surface, dump);
    await person.browser.shut();
    const after = await roots(profile);
    if (before.length > 0 && Buffer.concat(before).equals(Buffer.concat(after))) return;
    // The agent stored something on the way out, which only the disk has seen.
    await person.openBrowser();
    await copyDatabase(person.surface, dump);
  }
}
