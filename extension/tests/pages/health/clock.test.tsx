// @vitest-environment happy-dom
import { render } from "preact";
import { expect, test } from "vitest";
import { ClockOff } from "../../../src/ui/health/ClockOff";
import { setLanguage } from "../../../src/ui/lib/catalogue";

const HOUR = 3_600_000;

test.each([
  [2 * 24 * HOUR, "en", "This device’s clock is 2 days ahead."],
  [-31 * 24 * HOUR, "en", "This device’s clock is 31 days behind."],
  [1.2 * HOUR, "en", "This device’s clock is 1 hour ahead."],
  [-26 * HOUR, "en", "This device’s clock is 26 hours behind."],
  [2 * 24 * HOUR, "de", "Die Uhr dieses Geräts geht 2 Tage vor."],
] as const)("a clock that is off by %d ms is named, in %s", (off, language, words) => {
  setLanguage(language);
  const root = document.createElement("div");
  render(<ClockOff off={off} />, root);
  const notice = root.querySelector("[data-testid=clock-off]");
  expect(notice?.getAttribute("role")).toBe("alert");
  expect(notice?.textContent?.replace(/[\u2066-\u2069]/g, "")).toContain(words);
});
