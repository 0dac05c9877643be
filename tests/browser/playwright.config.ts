import { defineConfig } from "@playwright/test";

// Every scenario has its own relay, people and profiles, so files could run in
// any order and at once. Two workers fill two cores. Scenarios wait for events,
// so the limits cost those that pass nothing; they are made for a machine that
// is busy with much else.
export default defineConfig({
  testDir: "scenarios",
  testMatch: "*.test.ts",
  outputDir: "../../test-results",
  fullyParallel: true,
  workers: Number(process.env.PETMAIL_TEST_WORKERS ?? 2),
  retries: 0,
  forbidOnly: true,
  timeout: 240_000,
  expect: { timeout: 60_000 },
  reporter: [["list"]],
});
