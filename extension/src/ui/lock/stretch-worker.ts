// A Worker for one passphrase. It ends with its answer: memory of WebAssembly
// is never given back otherwise, and the passphrase goes with it.
import { calibrated, stretch } from "./argon";
import { minIterations } from "./params";

/** Without iterations they are measured first. */
export interface ToStretch {
  passphrase: string;
  salt: Uint8Array<ArrayBuffer>;
  iterations: number | undefined;
}

export type FromStretch = { key: Uint8Array; iterations: number } | { failed: true };

async function answer({ passphrase, salt, iterations }: ToStretch): Promise<FromStretch> {
  const chosen = iterations ?? (await measure(passphrase, salt));
  return { key: await stretch(passphrase, { salt, iterations: chosen }), iterations: chosen };
}

async function measure(passphrase: string, salt: Uint8Array<ArrayBuffer>): Promise<number> {
  // The first run compiles and takes the memory; the second is measured.
  await stretch(passphrase, { salt, iterations: 1 });
  const start = performance.now();
  await stretch(passphrase, { salt, iterations: minIterations });
  return calibrated(minIterations, performance.now() - start);
}

self.onmessage = ({ data }: { data: ToStretch }) => {
  answer(data)
    .catch((): FromStretch => ({ failed: true })) // most likely, no memory
    .then((result) => self.postMessage(result));
};
