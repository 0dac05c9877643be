// Starts the relay and opens two browser windows side by side, each with a
// profile of its own that is gone afterwards. Ends with Ctrl-C or when both
// windows are closed.
//
//   node scripts/demo.mjs RELAY-BINARY
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { findChromium, findFirefox } from "./browsers.mjs";

const WINDOW = { width: 720, height: 860 }; // pixels

const relayBinary = process.argv[2];
if (!relayBinary) {
  console.error("usage: node scripts/demo.mjs RELAY-BINARY");
  process.exit(2);
}
const chromium = findChromium();
const firefox = findFirefox();
if (!chromium && !firefox) {
  console.error(
    "demo: no Chromium, Chrome or Firefox found; name one in PETMAIL_CHROMIUM or PETMAIL_FIREFOX",
  );
  process.exit(1);
}

const profiles = mkdtempSync(join(tmpdir(), "petmail-demo-"));
const relay = spawn(relayBinary, { stdio: ["ignore", "pipe", "inherit"] });
const windows = [];
let ending = false;

relay.on("error", (error) => {
  console.error(`demo: couldn't start the relay: ${error.message}`);
  end(1);
});
relay.on("exit", (code) => end(ending ? 0 : (code ?? 1)));
createInterface({ input: relay.stdout }).on("line", (line) => {
  console.log(line);
  const link = /https?:\/\/\S+/.exec(line)?.[0];
  if (link && windows.length === 0) openWindows(link);
});
process.on("SIGINT", () => end(0));
process.on("SIGTERM", () => end(0));

/** @param {string} link */
function openWindows(link) {
  console.log("Two windows are opening. In the first, type a name and choose “Invite someone”;");
  console.log("paste its link into the address bar of the second. Ctrl-C ends everything.");
  for (const side of [0, 1]) {
    const child = chromium ? openChromium(chromium, side, link) : openFirefox(firefox ?? "", side, link);
    windows.push(child);
    child.on("error", (error) => {
      console.error(`demo: couldn't open a window: ${error.message}`);
      end(1);
    });
    child.on("exit", (code) => {
      if (ending) return;
      if (code) {
        console.error(`demo: a window could not be opened or crashed (${code}); is there a screen?`);
        end(1);
      } else if (windows.every((window) => window.exitCode !== null)) end(0);
    });
  }
}

/**
 * @param {string} executable
 * @param {number} side
 * @param {string} link
 */
function openChromium(executable, side, link) {
  const args = [
    `--user-data-dir=${join(profiles, `chromium-${side}`)}`,
    "--no-first-run",
    "--no-default-browser-check",
    `--window-size=${WINDOW.width},${WINDOW.height}`,
    `--window-position=${side * WINDOW.width},0`,
    "--new-window",
    link,
  ];
  if (process.getuid?.() === 0) args.unshift("--no-sandbox");
  return spawn(executable, args, { stdio: "ignore" });
}

/**
 * @param {string} executable
 * @param {number} side
 * @param {string} link
 */
function openFirefox(executable, side, link) {
  const profile = mkdtempSync(join(profiles, `firefox-${side}-`));
  writeFileSync(
    join(profile, "user.js"),
    'user_pref("browser.aboutwelcome.enabled", false);\nuser_pref("browser.shell.checkDefaultBrowser", false);\n',
  );
  const args = ["--no-remote", "--profile", profile];
  args.push("--width", String(WINDOW.width), "--height", String(WINDOW.height), "--new-window", link);
  return spawn(executable, args, { stdio: "ignore" });
}

/** @param {number} code */
function end(code) {
  if (ending) return;
  ending = true;
  const running = [relay, ...windows].filter((child) => child.pid && child.exitCode === null);
  let left = running.length;
  const done = () => {
    rmSync(profiles, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
    process.exit(code);
  };
  if (left === 0) done();
  for (const child of running) {
    child.once("exit", () => {
      left -= 1;
      if (left === 0) done();
    });
    child.kill("SIGTERM");
  }
}
