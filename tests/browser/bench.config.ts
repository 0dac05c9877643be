import { defineConfig } from "@playwright/test";

// Measurements run alone, one after another.
export default defineConfig({
  testDir: "bench",
  testMatch: "*.bench.ts",
  outputDir: "../../test-results",
  workers: 1,
  retries: 0,
  timeout: 15 * 60_000,
  expect: { timeout: 30_000 },
  reporter: [["list"]],
});
