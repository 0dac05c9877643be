// What a lock says of itself, on the disk in the clear (api.Lock.params, JSON).
// Whoever writes to the disk can change it, so it is read strictly and bounded:
// a lock that asks for gigabytes or hours is refused, not obeyed.
import { fromHex, toHex } from "./bytes";

/** Argon2id's memory in KiB: fixed, so that no lock can ask for more. */
export const memory = 64 * 1024;

/** Bounds of Argon2id's iterations; at the upper one it takes some ten seconds. */
export const minIterations = 2;
export const maxIterations = 64;

export const saltSize = 16;

/** The size of the salt of a passkey's prf extension, in bytes. */
export const evalSize = 32;

/** What Petmail can keep of a passkey's own id, in bytes. */
const maxCredential = 160;

/** How a key comes from a passphrase. */
export interface PassphraseParams {
  salt: Uint8Array<ArrayBuffer>;
  iterations: number;
}

/** How a key comes from a passkey. */
export interface PasskeyParams {
  credential: Uint8Array<ArrayBuffer>;
  salt: Uint8Array<ArrayBuffer>;
}

export function writePassphrase({ salt, iterations }: PassphraseParams): string {
  return JSON.stringify({
    v: 1,
    kdf: "argon2id",
    m: memory,
    t: iterations,
    p: 1,
    salt: toHex(salt),
  });
}

/** Undefined: not ours, or of a newer version, or tampered with. */
export function readPassphrase(text: string): PassphraseParams | undefined {
  const read = parse(text);
  const salt = fromHex(read?.salt, saltSize);
  if (
    !read ||
    !salt ||
    read.v !== 1 ||
    read.kdf !== "argon2id" ||
    read.m !== memory ||
    read.p !== 1
  ) {
    return undefined;
  }
  const { t } = read;
  if (typeof t !== "number" || !Number.isInteger(t) || t < minIterations || t > maxIterations) {
    return undefined;
  }
  return { salt, iterations: t };
}

/** Undefined: the passkey's own id is too long to keep. */
export function writePasskey({ credential, salt }: PasskeyParams): string | undefined {
  if (credential.length === 0 || credential.length > maxCredential) return undefined;
  return JSON.stringify({ v: 1, kdf: "prf", id: toHex(credential), salt: toHex(salt) });
}

/** Undefined: not ours, or of a newer version, or tampered with. */
export function readPasskey(text: string): PasskeyParams | undefined {
  const read = parse(text);
  const salt = fromHex(read?.salt, evalSize);
  if (!read || !salt || read.v !== 1 || read.kdf !== "prf" || typeof read.id !== "string")
    return undefined;
  const size = read.id.length / 2;
  if (size < 1 || size > maxCredential) return undefined;
  const credential = fromHex(read.id, size);
  return credential && { credential, salt };
}

/** The longest that api.Lock.params may be, in characters: all of them ASCII. */
const maxParams = 512;

function parse(text: string): Record<string, unknown> | undefined {
  if (text.length > maxParams) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
