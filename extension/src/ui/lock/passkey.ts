// Passkeys by WebAuthn's prf extension: the authenticator answers a salt with
// 32 bytes that it alone can make, after checking that the person is there.
import type { Lock, NewLock, Secret } from "../../api";
import { platform } from "../../platform";
import { random, toHex } from "./bytes";
import { evalSize, readPasskey, writePasskey } from "./params";
import { KeyError } from "./passphrase";

/** What the person is given time for, in ms. */
const patience = 120_000;

/**
 * Whether this browser can do it, as far as it tells. Pages of Firefox's
 * extensions cannot.
 */
export async function passkeysWork(): Promise<boolean> {
  if (!globalThis.PublicKeyCredential || !navigator.credentials || platform.kind === "firefox")
    return false;
  try {
    const can = await PublicKeyCredential.getClientCapabilities?.();
    return can?.["extension:prf"] ?? true;
  } catch {
    return true; // trying tells
  }
}

/** Makes a passkey, and a lock that it opens. */
export async function lockWithPasskey(): Promise<NewLock> {
  const salt = random(evalSize);
  const made = await ask(() =>
    navigator.credentials.create({
      publicKey: {
        // Nothing here may tell whose this Petmail is.
        rp: { name: "Petmail" },
        user: { id: random(16), name: "Petmail", displayName: "Petmail" },
        challenge: random(32),
        pubKeyCredParams: [-7, -8, -257].map((alg) => ({ type: "public-key" as const, alg })),
        authenticatorSelection: { residentKey: "preferred", userVerification: "required" },
        timeout: patience,
        extensions: { prf: { eval: { first: salt } } },
      },
    }),
  );
  const { prf } = made.getClientExtensionResults();
  if (!prf?.enabled) throw new KeyError("noprf");
  const credential = new Uint8Array(made.rawId);
  const params = writePasskey({ credential, salt });
  if (params === undefined) throw new KeyError("noprf");
  // Some answer only when asked once more.
  const key = prf.results ? await derive(prf.results.first) : await evaluate(credential, salt);
  return { lock: { id: toHex(random(16)), kind: "passkey", params }, key };
}

/** What the passkey says to its lock. */
export async function secretFromPasskey(lock: Lock): Promise<Secret> {
  const params = readPasskey(lock.params);
  if (!params) throw new KeyError("params");
  return { lock: lock.id, key: await evaluate(params.credential, params.salt) };
}

async function evaluate(
  credential: Uint8Array<ArrayBuffer>,
  salt: Uint8Array<ArrayBuffer>,
): Promise<string> {
  const shown = await ask(() =>
    navigator.credentials.get({
      publicKey: {
        challenge: random(32),
        allowCredentials: [{ type: "public-key", id: credential }],
        userVerification: "required",
        timeout: patience,
        extensions: { prf: { eval: { first: salt } } },
      },
    }),
  );
  const first = shown.getClientExtensionResults().prf?.results?.first;
  if (!first) throw new KeyError("noprf");
  return derive(first);
}

/** Runs one ceremony. Browsers do not tell a person's "no" from a failure. */
async function ask(ceremony: () => Promise<Credential | null>): Promise<PublicKeyCredential> {
  let credential: Credential | null;
  try {
    credential = await ceremony();
  } catch (refusal) {
    const cancelled = refusal instanceof DOMException && refusal.name === "NotAllowedError";
    throw new KeyError(cancelled ? "cancelled" : "passkey");
  }
  if (!(credential instanceof PublicKeyCredential)) throw new KeyError("passkey");
  return credential;
}

/** HKDF-SHA256 (RFC 5869) of the authenticator's answer: 32 bytes, hexadecimal. */
async function derive(output: BufferSource): Promise<string> {
  const secret = await crypto.subtle.importKey("raw", output, "HKDF", false, ["deriveBits"]);
  const info = new TextEncoder().encode("petmail/vault/passkey");
  const bits = await crypto.subtle.deriveBits(
    { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info },
    secret,
    256,
  );
  return toHex(new Uint8Array(bits));
}
