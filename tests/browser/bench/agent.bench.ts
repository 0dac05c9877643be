import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import { expect } from "@playwright/test";
import { root } from "../lib/paths.ts";
import { meet, test } from "../lib/scene.ts";
import { id } from "../lib/surface.ts";
import { testAgent } from "../lib/testagent.ts";
import { appeared, sendNow, watchMessages } from "./inpage.ts";
import { mebibytes, median, milliseconds, report } from "./results.ts";

const STARTS = 15;
const MESSAGES = 10_000;
/** Messages under way at once. */
const WINDOW = 50;

test("size of the agent", () => {
  const file = join(root, "dist/wasm/petmail.wasm");
  const brotli = brotliCompressSync(readFileSync(file), {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 },
  });
  const go = execFileSync("go", ["env", "GOVERSION"], { encoding: "utf8" }).trim();
  report("3-size", [
    { what: `wasm, raw (${go})`, figure: mebibytes(statSync(file).size) },
    { what: "wasm, brotli", figure: mebibytes(brotli.length), aim: "< 1.8 MB" },
  ]);
});

test("Worker start to ready", async ({ cast }) => {
  const ana = await cast.web("Ana");
  const samples: number[] = [];
  for (let i = 0; i < STARTS; i++) {
    const started = ana.page.waitForEvent("worker").then(() => Date.now());
    await ana.page.reload({ waitUntil: "commit" });
    await ana.page.waitForSelector(id("invite-new"));
    samples.push(Date.now() - (await started));
  }
  report("4-start", [
    {
      what: `Worker start to the list shown, warm, median of ${STARTS}`,
      figure: milliseconds(median(samples)),
    },
  ]);
});

test("memory after ten thousand messages", async ({ cast }) => {
  const ana = await cast.visitor("Ana", { serviceWorkers: "block" });
  await testAgent(ana.browser.context);
  await ana.start();
  const ben = await cast.web("Ben");
  const { link } = await ben.invite();
  await ana.accept(link);
  await meet(ana, ben);
  await watchMessages(ana.page);
  await watchMessages(ben.page);
  const begun = Date.now();
  for (let i = 0; i < MESSAGES / 2; i++) {
    await Promise.all([sendNow(ana.page, `from Ana ${i}`), sendNow(ben.page, `from Ben ${i}`)]);
    if (i % WINDOW === WINDOW - 1) {
      await Promise.all([appeared(ben.page, `from Ana ${i}`), appeared(ana.page, `from Ben ${i}`)]);
    }
  }
  const seconds = (Date.now() - begun) / 1000;
  const worker = ana.page.workers()[0];
  if (!worker) throw new Error("no agent");
  const { heap, system } = await worker.evaluate(() =>
    (
      globalThis as unknown as { petmailDebug: { memory(): { heap: number; system: number } } }
    ).petmailDebug.memory(),
  );
  expect(heap).toBeGreaterThan(0);
  report("5-memory", [
    {
      what: `Heap of the agent after ${MESSAGES.toLocaleString("en")} messages, both ways`,
      figure: mebibytes(heap),
      aim: "< 64 MB",
    },
    { what: "memory its wasm has taken", figure: mebibytes(system) },
    {
      what: "messages a second in that test, both ways, pages drawing each",
      figure: (MESSAGES / seconds).toFixed(0),
    },
  ]);
});
