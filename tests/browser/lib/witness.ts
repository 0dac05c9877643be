import { appendFile, cp, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "./paths.ts";
import type { Surface } from "./surface.ts";

/**
 * Runs in the agent's Worker before the agent: remembers, in memory only, every
 * record that is put into IndexedDB, and hands it out when asked. The records
 * are what a person could have copied from the disk at any time.
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
  };
}
`;

/** A copy of a built extension whose agent is watched as it stores. */
export async function watched(extension: string): Promise<{ path: string; remove(): Promise<void> }> {
  const copy = await temporaryFolder("watched");
  await cp(extension, copy.path, { recursive: true });
  const scripts = (await readdir(copy.path, { recursive: true })).filter((name) =>
    /(^|\/)worker-[^/]*\.js$/.test(name),
  );
  let found = 0;
  for (const name of scripts) {
    const script = await readFile(join(copy.path, name), "utf8");
    if (!script.includes("petmailHost")) continue;
    await writeFile(join(copy.path, name), listener + script);
    found++;
  }
  if (found !== 1) throw new Error(`found ${found} scripts of the agent's Worker`);
  return copy;
}

/** Adds to a dump all that the agent has stored since the last call. */
export async function collect(surface: Surface, dump: string): Promise<void> {
  const lines = await surface.run<[string, string][]>(`new Promise((resolve, reject) => {
    const channel = new BroadcastChannel("witness");
    channel.onmessage = ({ data }) => {
      if (!Array.isArray(data)) return;
      channel.close();
      resolve(data.map(([name, bytes]) => {
        let text = "";
        for (const byte of bytes) text += String.fromCharCode(byte);
        return [name, btoa(text)];
      }));
    };
    channel.postMessage("what have you seen");
    setTimeout(() => reject(new Error("the agent is not watched")), 20000);
  })`);
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
