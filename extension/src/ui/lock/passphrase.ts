import type { Lock, NewLock, Secret } from "../../api";
import { random, toHex } from "./bytes";
import { readPassphrase, saltSize, writePassphrase } from "./params";
import type { FromStretch, ToStretch } from "./stretch-worker";

/** Why a key could not be derived. */
export class KeyError extends Error {
  constructor(readonly reason: "memory" | "params" | "cancelled" | "passkey" | "noprf") {
    super(`couldn't derive a key: ${reason}`);
    this.name = "KeyError";
  }
}

/** The fewest characters of a passphrase, as a person counts them. */
export const minLength = 8;

export function longEnough(passphrase: string): boolean {
  return [...passphrase.normalize("NFKC")].length >= minLength;
}

/** Makes a lock of a passphrase, as slow to guess as half a second here allows. */
export async function lockWith(passphrase: string): Promise<NewLock> {
  const salt = random(saltSize);
  const { key, iterations } = await run({ passphrase, salt, iterations: undefined });
  const params = writePassphrase({ salt, iterations });
  return { lock: { id: toHex(random(16)), kind: "passphrase", params }, key: toHex(key) };
}

/** What a passphrase says to a lock. */
export async function secretFor(lock: Lock, passphrase: string): Promise<Secret> {
  const params = readPassphrase(lock.params);
  if (!params) throw new KeyError("params");
  const { key } = await run({ passphrase, ...params });
  return { lock: lock.id, key: toHex(key) };
}

function run(request: ToStretch): Promise<{ key: Uint8Array; iterations: number }> {
  const worker = new Worker(new URL("./stretch-worker.ts", import.meta.url), {
    type: "module",
    name: "petmail-passphrase",
  });
  return new Promise<{ key: Uint8Array; iterations: number }>((resolve, reject) => {
    worker.onmessage = ({ data }: { data: FromStretch }) => {
      if ("failed" in data) reject(new KeyError("memory"));
      else resolve(data);
    };
    worker.onerror = () => reject(new KeyError("memory"));
    worker.postMessage(request);
  }).finally(() => worker.terminate());
}
