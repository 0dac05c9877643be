import { defineConfig } from "@playwright/test";

// Takes the pictures of the README: not a test, but made of the same people.
export default defineConfig({
  testDir: "screenshots",
  testMatch: "*.shots.ts",
  outputDir: "../../test-results",
  workers: 1,
  retries: 0,
  timeout: 180_000,
  expect: { timeout: 30_000 },
  reporter: [["list"]],
});
