// Runs the tests of wasm/store/idb, the conformance suite of store.Store
// above all, in real browsers:
//
//   node extension/tests/idb/run.mjs [chromium] [firefox] [-- go test flags]
//
// Without a browser's name, in both. CHROMIUM and FIREFOX name other
// executables than those on the PATH. Ends with exit code 0 if all passed.
import { execFileSync } from "node:child_process";
import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import puppeteer from "puppeteer-core";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "../../..");
const timeLimit = 180_000;

function which(variable, ...names) {
  if (process.env[variable]) return process.env[variable];
  for (const name of names) {
    try {
      return execFileSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).trim();
    } catch {
      // the next name
    }
  }
  throw new Error(`no ${names[0]} on the PATH; install it or set ${variable}`);
}

async function serve(wasm) {
  const goroot = execFileSync("go", ["env", "GOROOT"], { encoding: "utf8" }).trim();
  const files = {
    "/": [join(here, "page.html"), "text/html"],
    "/page.js": [join(here, "page.js"), "text/javascript"],
    "/worker.js": [join(here, "worker.js"), "text/javascript"],
    "/wasm_exec.js": [join(goroot, "lib/wasm/wasm_exec.js"), "text/javascript"],
    "/test.wasm": [wasm, "application/wasm"],
  };
  const server = createServer((request, response) => {
    const file = files[request.url];
    if (!file) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { "Content-Type": file[1] });
    createReadStream(file[0]).pipe(response);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://localhost:${server.address().port}/`, close: () => server.close() };
}

async function inChromium(url, profile, args) {
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: which("CHROMIUM", "chromium", "google-chrome", "chromium-browser"),
    args: ["--no-sandbox"],
  });
  try {
    const page = await context.newPage();
    await page.goto(url);
    const devtools = await context.newCDPSession(page);
    await page.exposeFunction("overrideQuota", (quotaSize) =>
      devtools.send("Storage.overrideQuotaForOrigin", {
        origin: new URL(url).origin,
        quotaSize,
      }),
    );
    return await page.evaluate((args) => globalThis.run(args), args);
  } finally {
    await context.close();
  }
}

async function inFirefox(url, profile, args) {
  const browser = await puppeteer.launch({
    browser: "firefox",
    executablePath: which("FIREFOX", "firefox-esr", "firefox"),
    userDataDir: profile,
    protocolTimeout: timeLimit,
  });
  try {
    const page = await browser.newPage();
    await page.goto(url);
    return await page.evaluate((args) => globalThis.run(args), args);
  } finally {
    await browser.close();
  }
}

async function bounded(promise) {
  let timer;
  const limit = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error("no end within the time limit")), timeLimit);
  });
  try {
    return await Promise.race([promise, limit]);
  } finally {
    clearTimeout(timer);
  }
}

// Each pass has a profile of its own. Nothing outside Firefox can set its
// quota.
const browsers = {
  chromium: { run: inChromium, passes: ["-test.skip=TestQuota", "-test.run=TestQuota"] },
  firefox: { run: inFirefox, passes: ["-test.skip=TestQuota"] },
};
const split = process.argv.indexOf("--");
const chosen = process.argv.slice(2, split < 0 ? undefined : split);
const flags = split < 0 ? [] : process.argv.slice(split + 1);
const args = ["-test.v", "-rapid.checks=20", "-rapid.nofailfile", ...flags];

const work = await mkdtemp(join(tmpdir(), "petmail-idb-"));
let failed = false;
try {
  const wasm = join(work, "test.wasm");
  execFileSync("go", ["test", "-c", "-o", wasm, "./wasm/store/idb"], {
    cwd: root,
    env: { ...process.env, GOOS: "js", GOARCH: "wasm" },
    stdio: "inherit",
  });
  const server = await serve(wasm);
  try {
    for (const name of chosen.length ? chosen : Object.keys(browsers)) {
      const { run, passes } = browsers[name];
      for (const [i, pass] of passes.entries()) {
        const profile = join(work, `${name}-${i}`);
        const { code, lines } = await bounded(run(server.url, profile, [pass, ...args]));
        for (const line of lines) console.log(`${name}: ${line}`);
        failed ||= code !== 0;
      }
    }
  } finally {
    server.close();
  }
} finally {
  await rm(work, { recursive: true, force: true, maxRetries: 5 });
}
console.log(failed ? "idb: FAILED" : "idb: ok");
process.exitCode = failed ? 1 : 0;
