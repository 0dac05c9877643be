import { defineConfig } from "@playwright/test";

// Every scenario has its own relay, people and profiles, so files could run in
// any order and at once. Two workers fill two cores.
export default defineConfig({
  testDir: "scenarios",
  testMatch: "*.test.ts",
  outputDir: "../../test-results",
  fullyParallel: true,
  workers: Number(process.env.PETMAIL_TEST_WORKERS ?? 2),
  retries: 0,
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: [["list"]],
});
