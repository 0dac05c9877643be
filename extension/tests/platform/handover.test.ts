import { expect, test } from "vitest";
import { linkPattern } from "../../src/platform/extension/links";
import { handoverLink, inviteInHash } from "../../src/platform/handover";

const link = "https://relay.example:8443/i/#4-aB_secret%20x";

test("an invite link survives the ways to the app", () => {
  expect(inviteInHash(`#${link}`)).toBe(link);
  expect(inviteInHash(`#${encodeURIComponent(link)}`)).toBe(link);
  expect(inviteInHash(`#${handoverLink(link)}`)).toBe(link);
  expect(inviteInHash(`#${encodeURIComponent(handoverLink(link))}`)).toBe(link);
  expect(inviteInHash(`#web+petmail://${link}`)).toBe(link);
  expect(inviteInHash("#http://localhost:8787/i/#x")).toBe("http://localhost:8787/i/#x");
});

test("other fragments are none", () => {
  for (const hash of [
    "",
    "#",
    "#conversation=abc",
    "#https://relay.example/",
    "#https://relay.example/i/",
    "#https://relay.example/i/#",
    "#https://relay.example/f/#x",
    "#https:///i/#x",
    "#javascript:alert(1)//i/#x",
    "#web+petmail:javascript%3Aalert(1)",
    "#%E0%A4%A",
    `#${encodeURIComponent(`${link}${"x".repeat(2_000)}`)}`,
  ]) {
    expect(inviteInHash(hash), hash).toBeUndefined();
  }
});

test("the rule takes invite links of its relay only, and keeps the fragment", () => {
  const pattern = new RegExp(linkPattern("https://relay.example:8443"));
  expect(pattern.exec("https://relay.example:8443/i/#secret")?.[2]).toBe("#secret");
  expect(pattern.exec("https://relay.example:8443/i/x?utm=1#a#b?c")?.[2]).toBe("#a#b?c");
  expect(pattern.exec("https://relay.example:8443/i/")?.[2]).toBe("");
  for (const url of [
    "https://relay.example:8443/",
    "https://relay.example:8443/x/i/#secret",
    "https://relayXexample:8443/i/#secret",
    "https://relay.example/i/#secret",
    "http://relay.example:8443/i/#secret",
    "https://evil.example/?https://relay.example:8443/i/#secret",
  ]) {
    expect(pattern.test(url), url).toBe(false);
  }
});
