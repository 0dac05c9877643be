import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../lib/paths.ts";

/** One measured thing, as docs/benchmarks.md shows it. */
export interface Result {
  what: string;
  figure: string;
  aim?: string;
}

/** Keeps results for scripts/benchmarks.mjs. */
export function report(name: string, results: Result[]): void {
  const folder = join(root, "dist/bench");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(results, null, 2));
  for (const { what, figure } of results) console.log(`${what}: ${figure}`);
}

/** The value below which the share p (0 to 1) of the samples lies. */
export function quantile(samples: number[], p: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.ceil(p * sorted.length) - 1)];
  if (value === undefined) throw new Error("no samples");
  return value;
}

export function median(samples: number[]): number {
  return quantile(samples, 0.5);
}

export function milliseconds(value: number): string {
  return value >= 1000 ? `${(value / 1000).toFixed(2)} s` : `${value.toFixed(value < 10 ? 1 : 0)} ms`;
}

export function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(2)} MiB`;
}
