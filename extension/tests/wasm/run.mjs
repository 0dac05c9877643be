// Runs the Go tests that need a real browser, in one: exceptions and promises
// (wasm/js), the conformance suite of store.Store over IndexedDB
// (wasm/store/idb), that of a vault's root file over OPFS (wasm/vault/opfsjs),
// the network of browsers (wasm/relayclient/netjs), and MLS's primitives by
// WebCrypto against Go's (wasm/webcryptojs).
//
//   node extension/tests/wasm/run.mjs [chromium] [firefox] [package] [-- go test flags]
//
// Without a browser's name, in both; without a package's, all of them. CHROMIUM and FIREFOX name other
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
import { killAndCheck } from "./kill.mjs";
import { answer, serveSockets } from "./network.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "../../..");
// Far above what a pass takes on a slow machine: it ends what hangs.
const timeLimit = 900_000;
const chromiums = ["CHROMIUM", "chromium", "google-chrome", "chromium-browser"];
const firefoxes = ["FIREFOX", "firefox-esr", "firefox"];

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

const packages = {
  js: "./wasm/js",
  idb: "./wasm/store/idb",
  opfsjs: "./wasm/vault/opfsjs",
  netjs: "./wasm/relayclient/netjs",
  webcryptojs: "./wasm/webcryptojs",
};

async function serve(folder) {
  const goroot = execFileSync("go", ["env", "GOROOT"], { encoding: "utf8" }).trim();
  const files = {
    "/": [join(here, "page.html"), "text/html"],
    "/page.js": [join(here, "page.js"), "text/javascript"],
    "/worker.js": [join(here, "worker.js"), "text/javascript"],
    "/wasm_exec.js": [join(goroot, "lib/wasm/wasm_exec.js"), "text/javascript"],
  };
  for (const name of Object.keys(packages)) {
    files[`/${name}.wasm`] = [join(folder, `${name}.wasm`), "application/wasm"];
  }
  const server = createServer((request, response) => {
    if (answer(request, response)) return;
    const file = files[request.url];
    if (!file) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { "Content-Type": file[1] });
    createReadStream(file[0]).pipe(response);
  });
  serveSockets(server);
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://localhost:${server.address().port}/`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function inChromium(url, profile, test) {
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: which(...chromiums),
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
    return await page.evaluate((test) => globalThis.run(test), test);
  } finally {
    await context.close();
  }
}

async function inFirefox(url, profile, test) {
  const browser = await puppeteer.launch({
    browser: "firefox",
    executablePath: which(...firefoxes),
    userDataDir: profile,
    protocolTimeout: timeLimit,
  });
  try {
    const page = await browser.newPage();
    await page.goto(url);
    return await page.evaluate((test) => globalThis.run(test), test);
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

/** A pass that kills the browser, in which flags of go test have no place. */
function killing(browser, executable) {
  return (url, profile) =>
    killAndCheck({ browser, executablePath: which(...executable), url, profile });
}

const rapid = "-rapid.checks=20"; // of 100: every check waits for the disk
const quietly = "-test.skip=TestQuota|TestKill"; // these need more than a page

// Each pass has a profile of its own. Nothing outside Firefox can set its
// quota.
const browsers = {
  chromium: [
    { run: inChromium, tested: "js" },
    { run: inChromium, tested: "idb", extra: [rapid, quietly] },
    { run: inChromium, tested: "idb", extra: [rapid, "-test.run=TestQuota"] },
    { run: killing("chrome", chromiums), tested: "idb" },
    { run: inChromium, tested: "opfsjs", extra: [rapid] },
    { run: inChromium, tested: "netjs" },
    { run: inChromium, tested: "webcryptojs" },
  ],
  firefox: [
    { run: inFirefox, tested: "js" },
    { run: inFirefox, tested: "idb", extra: [rapid, quietly] },
    { run: killing("firefox", firefoxes), tested: "idb" },
    { run: inFirefox, tested: "opfsjs", extra: [rapid] },
    { run: inFirefox, tested: "netjs" },
    { run: inFirefox, tested: "webcryptojs" },
  ],
};

const split = process.argv.indexOf("--");
const named = process.argv.slice(2, split < 0 ? undefined : split);
const chosen = named.filter((name) => name in browsers);
const only = named.filter((name) => name in packages);
const flags = split < 0 ? [] : process.argv.slice(split + 1);
const args = ["-test.v", ...flags];

const work = await mkdtemp(join(tmpdir(), "petmail-idb-"));
let failed = false;
try {
  for (const [name, path] of Object.entries(packages)) {
    execFileSync("go", ["test", "-c", "-o", join(work, `${name}.wasm`), path], {
      cwd: root,
      env: { ...process.env, GOOS: "js", GOARCH: "wasm" },
      stdio: "inherit",
    });
  }
  const server = await serve(work);
  try {
    for (const name of chosen.length ? chosen : Object.keys(browsers)) {
      for (const [i, { run, tested, extra = [] }] of browsers[name].entries()) {
        if (only.length > 0 && !only.includes(tested)) continue;
        const profile = join(work, `${name}-${i}`);
        const test = { tested, args: [...extra, ...args] };
        const { code, lines } = await bounded(run(server.url, profile, test));
        for (const line of lines) console.log(`${name} ${tested}: ${line}`);
        failed ||= code !== 0;
      }
    }
  } finally {
    server.close();
  }
} finally {
  await rm(work, { recursive: true, force: true, maxRetries: 5 });
}
console.log(failed ? "wasm in browsers: FAILED" : "wasm in browsers: ok");
process.exitCode = failed ? 1 : 0;
