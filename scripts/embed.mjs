// Fills the folder that the relay embeds: the web app with a brotli and a gzip
// sibling of everything worth compressing, and the extension packages under
// get/. Compressed bytes are kept by content, so that only what changed is
// compressed again.
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, extname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const source = join(root, "dist/web");
const target = join(root, "relay/cmd/petmail-relay/web");
const kept = join(root, "dist/compressed");

const COMPRESSIBLE = new Set([
  ".html",
  ".js",
  ".css",
  ".json",
  ".svg",
  ".wasm",
  ".webmanifest",
  ".txt",
  ".map",
]);
const WORTH = 512; // bytes: below that a header costs more than is won

if (!existsSync(join(source, "index.html"))) {
  console.error("embed: dist/web is not built; run `make build`");
  process.exit(1);
}
mkdirSync(kept, { recursive: true });
mkdirSync(target, { recursive: true });
for (const entry of readdirSync(target)) {
  if (entry !== "README") rmSync(join(target, entry), { recursive: true });
}
cpSync(source, target, { recursive: true });
mkdirSync(join(target, "get"), { recursive: true });
for (const browser of ["chromium", "firefox"]) {
  cpSync(join(root, `dist/petmail-${browser}.zip`), join(target, `get/petmail-${browser}.zip`));
}

const used = new Set();
let raw = 0;
let brotli = 0;
for (const name of list(target)) {
  if (!COMPRESSIBLE.has(extname(name))) continue;
  const data = readFileSync(join(target, name));
  if (data.length < WORTH) continue;
  const br = compressed(data, "br", () =>
    brotliCompressSync(data, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: 11,
        [constants.BROTLI_PARAM_LGWIN]: 24,
        [constants.BROTLI_PARAM_SIZE_HINT]: data.length,
      },
    }),
  );
  const gz = compressed(data, "gz", () => gzipSync(data, { level: 9 }));
  if (br.length < data.length) writeFileSync(join(target, `${name}.br`), br);
  if (gz.length < data.length) writeFileSync(join(target, `${name}.gz`), gz);
  raw += data.length;
  brotli += br.length;
}
for (const entry of readdirSync(kept)) {
  if (!used.has(entry)) rmSync(join(kept, entry));
}
console.log(`embed: ${mib(raw)} MiB of web app, ${mib(brotli)} MiB as brotli`);

/** The compressed form of data, from the last time if there is one. */
function compressed(data, kind, compress) {
  const name = `${createHash("sha256").update(data).digest("hex")}.${kind}`;
  used.add(name);
  const file = join(kept, name);
  if (existsSync(file)) return readFileSync(file);
  const result = compress();
  writeFileSync(file, result);
  return result;
}

function list(folder, below = "") {
  const names = [];
  for (const entry of readdirSync(join(folder, below))) {
    const name = below ? `${below}/${entry}` : entry;
    if (statSync(join(folder, name)).isDirectory()) names.push(...list(folder, name));
    else names.push(name);
  }
  return names.sort();
}

function mib(bytes) {
  return (bytes / 2 ** 20).toFixed(2);
}
