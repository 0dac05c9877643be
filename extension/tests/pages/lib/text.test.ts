import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { direction, pieces, safeLine, safeText, visible } from "../../../src/ui/lib/text";

test.each([
  ["plain", "plain"],
  ["two\nlines\tand a tab", "two\nlines\tand a tab"],
  ["old\r\nlines\rends", "old\nlines\nends"],
  ["bell\u0007 escape\u001b[31m nul\u0000 del\u007f c1\u009b", "bell escape[31m nul del c1"],
  ["photo\u202egnp.exe", "photognp.exe"],
  ["family 👨‍👩‍👧 flag 🏳️‍🌈", "family 👨‍👩‍👧 flag 🏳️‍🌈"],
  ["שלום \u2067abc\u2069", "שלום \u2067abc\u2069"],
])("%j is shown as %j", (text, shown) => {
  expect(safeText(text)).toBe(shown);
});

test.each([
  ["  Nora  ", "Nora"],
  ["No\nra\u2028\u3164x", "No ra x"],
  ["\u202earoN", "aroN"],
  ["Nora\u2066\u2069\u200f", "Nora"],
  ["\u200b\ufeff", ""],
])("the name %j is shown as %j", (name, shown) => {
  expect(safeLine(name)).toBe(shown);
});

test.each([
  ["see https://example.org/a?b=c#d.", ["https://example.org/a?b=c#d"]],
  ["(https://example.org/x_(y)) and http://a.b/, ok", ["https://example.org/x_(y)", "http://a.b/"]],
  ["HTTPS://EXAMPLE.ORG!", ["HTTPS://EXAMPLE.ORG"]],
  ["javascript:alert(1) data:text/html,x file:///etc/passwd ftp://a.b/", []],
  ["https://bank.example@evil.example/", []],
  ["https:// http://", []],
  ["xhttps://example.org/", []],
  [`https://example.org/${"a".repeat(3000)}`, []],
])("the links in %j", (text, links) => {
  const found = pieces(text);
  expect(found.filter((p) => p.href).map((p) => p.text)).toEqual(links);
  expect(found.map((p) => p.text).join("")).toBe(text);
});

test("the longest messages are split quickly", () => {
  for (const unit of ["http://", "https://a.b/ ", ")", "https://a.b/))))", "!?"]) {
    const text = unit.repeat(Math.floor(16_000 / unit.length));
    const began = performance.now();
    expect(
      pieces(text)
        .map((p) => p.text)
        .join(""),
    ).toBe(text);
    expect(performance.now() - began).toBeLessThan(500);
  }
});

const vectors = JSON.parse(
  readFileSync(new URL("../../../../shared/text/testdata/visible.json", import.meta.url), "utf8"),
) as { shows: string[]; nothing: string[] };

test.each(vectors.shows)("%j shows something", (text) => {
  expect(visible(text)).toBe(true);
});

test.each(vectors.nothing)("%j shows nothing", (text) => {
  expect(visible(text)).toBe(false);
  expect(visible(`${text}\u200b`.repeat(50))).toBe(false);
});

test.each([
  ["hello שלום", "ltr"],
  ["123 … שלום, hello", "rtl"],
  ["مرحبا", "rtl"],
  ["𞤢𞤣𞤤𞤢𞤥", "rtl"],
  ["你好", "ltr"],
  ["123 😀", undefined],
  ["", undefined],
] as const)("%j reads from %s", (text, way) => {
  expect(direction(text)).toBe(way);
});
