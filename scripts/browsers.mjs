// Finds the browsers of this machine. PETMAIL_CHROMIUM and PETMAIL_FIREFOX
// name others.
import { accessSync, constants } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";

const CHROMIUM = [
  "chromium",
  "chromium-browser",
  "google-chrome",
  "google-chrome-stable",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];
const FIREFOX = ["firefox-esr", "firefox", "/Applications/Firefox.app/Contents/MacOS/firefox"];

/** @returns {string | undefined} the path of a Chromium or Chrome */
export function findChromium() {
  return find([process.env.PETMAIL_CHROMIUM, ...CHROMIUM]);
}

/** @returns {string | undefined} the path of a Firefox */
export function findFirefox() {
  return find([process.env.PETMAIL_FIREFOX, ...FIREFOX]);
}

/** @param {(string | undefined)[]} names */
function find(names) {
  for (const name of names) {
    if (!name) continue;
    const places = isAbsolute(name)
      ? [name]
      : (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, name));
    for (const place of places) {
      try {
        accessSync(place, constants.X_OK);
        return place;
      } catch {
        // not here
      }
    }
  }
  return undefined;
}
