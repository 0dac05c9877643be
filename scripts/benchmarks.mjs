// Writes docs/benchmarks.md from what `make bench` left in dist/bench.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { findChromium } from "./browsers.mjs";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const results = join(root, "dist/bench");

const lines = [
  "# Benchmarks",
  "",
  "Written by `make bench`; everything on one machine over loopback: relay, both browsers and the test that drives them.",
  "",
  `Machine: ${cpus().length} × ${cpus()[0]?.model ?? "unknown processor"}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${versions()}.`,
  "",
  "## In browsers",
  "",
  "| what | figure | aim |",
  "|---|---:|---:|",
];
for (const name of readdirSync(results).sort()) {
  if (!name.endsWith(".json")) continue;
  for (const { what, figure, aim } of JSON.parse(readFileSync(join(results, name), "utf8"))) {
    lines.push(`| ${what} | ${figure} | ${aim ?? ""} |`);
  }
}
lines.push("", "## In Go, natively", "", "| package | benchmark | time each | more |", "|---|---|---:|---|");
let name = "";
for (const line of readFileSync(join(results, "go.txt"), "utf8").split("\n")) {
  const inPackage = /^pkg: petmail\/(\S+)/.exec(line);
  if (inPackage) name = inPackage[1] ?? "";
  const measured = /^Benchmark(\S+?)(?:-\d+)?\s+\d+\s+([\d.]+) ns\/op\s*(.*)$/.exec(line);
  if (measured) {
    const [, benchmark, nanoseconds, more] = measured;
    lines.push(
      `| ${name} | ${benchmark} | ${time(Number(nanoseconds))} | ${(more ?? "").replaceAll("\t", ", ")} |`,
    );
  }
}
lines.push("", ...vaultSection(readFileSync(join(results, "vault.txt"), "utf8")));
// Whole sections, of measurements with tables of their own.
for (const name of readdirSync(results).sort()) {
  if (name.endsWith(".md")) lines.push("", readFileSync(join(results, name), "utf8").trimEnd());
}
writeFileSync(join(root, "docs/benchmarks.md"), `${lines.join("\n")}\n`);

/**
 * The vault beside plain IndexedDB, from the output of Go's benchmarks.
 *
 * @param {string} output
 */
function vaultSection(output) {
  const section = [
    "## The vault beside plain IndexedDB",
    "",
    "`wasm/vault` over IndexedDB and a root file in the origin's private file system, beside IndexedDB alone; every commit durable (`strict`). Commit: one message received, with the ratchet's new state, beside 5,000 others. Receive: 1,000 of them, in turns of 1 and of 16 (aim: half of plain). Open: 100,000 messages, to what the first screen shows (aim: 400 ms). Delete10000: of those, in commits of 1,000 (aim: 2 s). Disk is what the browser says it takes.",
    "",
    "| browser | what | vault | plain | vault/plain | the vault's more | plain's more |",
    "|---|---|---:|---:|---:|---|---|",
  ];
  const plain = new Map();
  const measured = [];
  for (const line of output.split("\n")) {
    const found = /^(\w+) \w+: Benchmark(\S+)\/(vault|plain)\s+\d+\s+([\d.]+) ns\/op\s*(.*)$/.exec(line);
    if (!found) continue;
    const [, browser = "", what = "", kind, nanoseconds, rest = ""] = found;
    const more = rest
      .trim()
      .split(/\s*\t\s*/)
      .join(", ");
    const entry = { browser, what, nanoseconds: Number(nanoseconds), more };
    if (kind === "plain") plain.set(browser + what, entry);
    else measured.push(entry);
  }
  for (const { browser, what, nanoseconds, more } of measured) {
    const beside = plain.get(browser + what);
    section.push(
      `| ${browser} | ${what} | ${time(nanoseconds)} | ${time(beside.nanoseconds)} | ${(nanoseconds / beside.nanoseconds).toFixed(2)} | ${more} | ${beside.more} |`,
    );
  }
  return section;
}

/** @param {number} nanoseconds */
function time(nanoseconds) {
  if (nanoseconds >= 1e9) return `${(nanoseconds / 1e9).toFixed(2)} s`;
  if (nanoseconds >= 1e6) return `${(nanoseconds / 1e6).toFixed(2)} ms`;
  if (nanoseconds >= 1e3) return `${(nanoseconds / 1e3).toFixed(1)} µs`;
  return `${nanoseconds.toFixed(1)} ns`;
}

function versions() {
  const go = execFileSync("go", ["env", "GOVERSION"], { encoding: "utf8" }).trim();
  const chromium = findChromium();
  const browser = chromium
    ? execFileSync(chromium, ["--version"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim()
    : "no Chromium";
  return `${go}, ${browser}`;
}
