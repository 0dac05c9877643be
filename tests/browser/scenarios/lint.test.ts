import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { built, root } from "../lib/paths.ts";

interface Lint {
  errors: { message: string; file: string }[];
  warnings: { message: string; file: string }[];
}

for (const folder of [built.chromiumExtension, built.firefoxExtension]) {
  test(`web-ext lint finds nothing in ${folder.slice(root.length + 1)}`, () => {
    let output: string;
    try {
      output = execFileSync(
        join(root, "extension/node_modules/.bin/web-ext"),
        ["lint", "--source-dir", folder, "--output", "json", "--no-config-discovery"],
        { encoding: "utf8", maxBuffer: 1 << 26, stdio: ["ignore", "pipe", "ignore"] },
      );
    } catch (error) {
      output = (error as { stdout: string }).stdout; // it found something
    }
    const { errors, warnings }: Lint = JSON.parse(output);
    expect([...errors, ...warnings].map(({ message, file }) => `${file}: ${message}`)).toEqual([]);
  });
}
