// Argon2id (RFC 9106), and how much of it this machine takes in half a second.
import { argon2id } from "hash-wasm";
import { maxIterations, memory, minIterations, type PassphraseParams } from "./params";

/** How long unlocking should take on the machine where a lock is made, in ms. */
const wanted = 500;

/** The key of a passphrase, 32 bytes. Different ways to type the same are one. */
export function stretch(
  passphrase: string,
  { salt, iterations }: PassphraseParams,
): Promise<Uint8Array> {
  return argon2id({
    password: passphrase.normalize("NFKC"),
    salt,
    iterations,
    parallelism: 1,
    memorySize: memory,
    hashLength: 32,
    outputType: "binary",
  });
}

/** How many iterations take about half a second here, given what so many took. */
export function calibrated(iterations: number, ms: number): number {
  const fitting = Math.round((wanted * iterations) / Math.max(ms, 1));
  return Math.min(Math.max(fitting, minIterations), maxIterations);
}
