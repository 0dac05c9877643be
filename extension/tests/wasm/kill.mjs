// Kills a browser while the store writes, and has what stands checked by the
// same profile's next browser.
import { once } from "node:events";
import puppeteer from "puppeteer-core";

/** How many batches to let through before the kill. */
const batches = 60;

/** Returns what the check printed, with its exit code. */
export async function killAndCheck({ browser, executablePath, url, profile }) {
  const open = async () => {
    const opened = await puppeteer.launch({
      browser,
      executablePath,
      userDataDir: profile,
      args: browser === "chrome" ? ["--no-sandbox"] : [],
    });
    const page = await opened.newPage();
    await page.goto(url);
    return { opened, page };
  };

  const first = await open();
  const test = { tested: "idb", args: ["-test.run=TestKillWrites"] };
  await first.page.evaluate((test) => void globalThis.run(test), test);
  await first.page.waitForFunction((n) => globalThis.reported >= n, {}, batches);
  const committed = await first.page.evaluate(() => globalThis.reported);
  const killed = once(first.opened.process(), "exit");
  first.opened.process().kill("SIGKILL");
  await killed;
  await first.opened.disconnect();

  const second = await open();
  try {
    return await second.page.evaluate((test) => globalThis.run(test), {
      tested: "idb",
      args: ["-test.v", "-test.run=TestKillReads"],
      env: { COMMITTED: String(committed) },
    });
  } finally {
    await second.opened.close();
  }
}
