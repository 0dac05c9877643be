import { execFileSync } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { built, root } from "../lib/paths.ts";
import { expect, test } from "../lib/scene.ts";

interface Lint {
  errors: { message: string; file: string }[];
  warnings: { message: string; file: string }[];
}

test("web-ext lint finds nothing in the extension for Firefox", () => {
  let output: string;
  try {
    output = execFileSync(
      join(root, "node_modules/.bin/web-ext"),
      ["lint", "--source-dir", built.firefoxExtension, "--output", "json", "--no-config-discovery"],
      { encoding: "utf8", maxBuffer: 1 << 26, stdio: ["ignore", "pipe", "ignore"] },
    );
  } catch (error) {
    output = (error as { stdout: string }).stdout; // it found something
  }
  const { errors, warnings }: Lint = JSON.parse(output);
  expect([...errors, ...warnings].map(({ message, file }) => `${file}: ${message}`)).toEqual([]);
});

test("no package holds the hooks of the test build", async ({ relay }) => {
  const hooks = "petmailDebug";
  expect((await readFile(built.testWasm)).includes(hooks)).toBe(true);
  let programs = 0;
  for (const folder of [built.chromiumExtension, built.firefoxExtension]) {
    for (const file of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (!file.isFile()) continue;
      const bytes = await readFile(join(file.parentPath, file.name));
      expect(bytes.includes(hooks), file.name).toBe(false);
      if (!file.name.endsWith(".wasm")) continue;
      programs++;
      // The relay serves the same program.
      const served = await fetch(`${relay.url}/assets/${file.name}`);
      expect(Buffer.from(await served.arrayBuffer()).equals(bytes)).toBe(true);
    }
  }
  expect(programs).toBe(2);
});

// Mozilla's linter does not know Chromium's manifest; Chromium says itself
// what it does not like.
test("Chromium loads its extension without errors or warnings", async ({ cast }) => {
  const ana = await cast.chromiumExtension("Ana");
  const page = await ana.browser.context.newPage();
  await page.goto("chrome://extensions");
  const complaints = await page.evaluate(async (wanted) => {
    interface Info {
      id: string;
      manifestErrors: unknown[];
      runtimeErrors: unknown[];
      runtimeWarnings: unknown[];
      installWarnings?: string[];
    }
    const { chrome } = globalThis as unknown as {
      chrome: { developerPrivate: { getExtensionsInfo(): Promise<Info[]> } };
    };
    const info = (await chrome.developerPrivate.getExtensionsInfo()).find(({ id }) => id === wanted);
    if (!info) return ["it is not there"];
    return [
      ...info.manifestErrors,
      ...info.runtimeErrors,
      ...info.runtimeWarnings,
      ...(info.installWarnings ?? []),
    ].map((complaint) => JSON.stringify(complaint));
  }, ana.extensionId);
  expect(complaints).toEqual([]);
});
