// Writes extension/src/api/index.ts from this package (make generate):
//
//   node wasm/api/generate.mjs
//
// tygo does the work; it knows no types of fixed texts, so those are made
// here: a Go string type with constants becomes the union of their values, so
// that pages cannot forget or misspell one.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "../..");
const output = join(root, "extension/src/api/index.ts");

execFileSync(
  "go",
  ["tool", "-modfile=wasm/api/tygo.mod", "tygo", "generate", "--config", "wasm/api/tygo.yaml"],
  { cwd: root, stdio: "inherit" },
);

let text = readFileSync(output, "utf8");

const values = new Map();
for (const [, type, value] of text.matchAll(/^export const \w+: (\w+) = ("[^"]*");/gm)) {
  values.set(type, [...(values.get(type) ?? []), value]);
}
text = text.replace(/^export type (\w+) = string;$/gm, (line, type) =>
  values.has(type) ? `export type ${type} =\n  | ${values.get(type).join("\n  | ")};` : line,
);
// Without the annotation a constant has the type of its one value.
text = text.replace(/^(export const \w+): \w+ = (".*)$/gm, "$1 = $2");

// tygo repeats the comment of a group of constants before each of them.
let last = "";
text = text.replace(/^\/\*\*\n(?: \*.*\n)+(?=export const)/gm, (comment) => {
  const repeated = comment === last;
  last = comment;
  return repeated ? "" : comment;
});

writeFileSync(output, text);
