import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { findLink, MAX_INVITE_TEXT } from "../../src/platform/link";
import { de, en } from "../../src/ui/invite/texts";

interface Vector {
  name: string;
  text: string;
  link: string;
  several?: boolean;
}

const vectors = JSON.parse(
  readFileSync(new URL("../../../shared/vectors/wormhole.json", import.meta.url), "utf8"),
).links as Vector[];

const link = "https://relay.example.org/i/#peti1qqqsyqcyq5rqwzqfpg9scrgwpud7zmkn";

describe("the vectors that the agent's reader runs, too", () => {
  test("there are many", () => expect(vectors.length).toBeGreaterThan(140));
  for (const { name, text, link, several } of vectors) {
    test(name, () => {
      const found = findLink(text);
      if (several) expect(found).toBe("several");
      else if (link === "") expect(found).toBeUndefined();
      else expect(found).toMatchObject({ link });
    });
  }
});

test("what Petmail itself shares holds its link", () => {
  for (const texts of [en, de]) {
    const shared = texts["invite.shareText"].replace("{link}", `\u2068${link}\u2069`);
    expect(findLink(shared)).toEqual({ link, relay: "relay.example.org" });
  }
});

test("the reader is bounded", () => {
  expect(findLink(`${"x ".repeat(16 << 10)}${link}${" y".repeat(15 << 10)}`)).toMatchObject({
    link,
  });
  expect(findLink(link + " ".repeat(MAX_INVITE_TEXT - link.length))).toMatchObject({ link });
  expect(findLink(link + " ".repeat(MAX_INVITE_TEXT - link.length + 1))).toBeUndefined();
  expect(findLink(link + "。".repeat(MAX_INVITE_TEXT / 3))).toBeUndefined();
});

test("the texts that cost most are read in time", () => {
  for (const piece of [
    ...[" ", "\n", "\n>", "=", "%25", "\\", "peti1", "https://", "*", "/i/#", "=\n", "\u0669"],
    "#peti1qqqsyqcyq5rqwzqfpg9scrgwpud7zmkn",
    "(#peti1qqqsyqcyq5rqwzqfpg9scrgwpud7zmkn\n",
    "https://x/i/#peti1qqqsyqcyq5rqwzqfpg9scrgwpud7zmkn\n\n",
    "://:// #peti1qqqsyqcyq5rqwzqfpg9scrgwpud7zmkn",
    "://://#peti1qqqsyqcyq5rqwzqfpg9scrgwpud7zmkn",
    "\n//\n/i/#peti1qqqsyqcyq5rqwzqfpg9scrgwpud7zmkn",
  ]) {
    findLink(piece.repeat(Math.floor(MAX_INVITE_TEXT / new TextEncoder().encode(piece).length)));
  }
});
