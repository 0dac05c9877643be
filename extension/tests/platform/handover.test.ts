import { expect, test } from "vitest";
import { linkPattern } from "../../src/platform/extension/links";
import { handoverLink, inviteInHash } from "../../src/platform/handover";

const secret = "peti1qqqsyqcyq5rqwzqfpg9scrgwpud7zmkn";
const link = `https://relay.example:8443/i/#${secret}`;

test("an invite link survives the ways to the app", () => {
  for (const hash of [
    `#${link}`,
    `#${encodeURIComponent(link)}`,
    `#${handoverLink(link)}`,
    `#${encodeURIComponent(handoverLink(link))}`,
    `#web+petmail://${link}`,
    `#${encodeURIComponent(`https://relay.example:8443/i/?fbclid=x#${secret}.`)}`,
    `#${encodeURIComponent(`https://relay.example:8443/i/%23${secret}`)}`,
    `#${encodeURIComponent(`web+petmail:https://relay.example:8443/i/?${secret}`)}`,
  ]) {
    expect(inviteInHash(hash), hash).toBe(link);
  }
  const local = `http://localhost:8787/i/#${secret}`;
  expect(inviteInHash(`#${local}`)).toBe(local);
});

test("a link that is not whole comes as it is, to be explained", () => {
  const broken = link.slice(0, -3);
  expect(inviteInHash(`#${encodeURIComponent(broken)}`)).toBe(broken);
  expect(inviteInHash(`#${handoverLink(broken)}`)).toBe(`web+petmail:${broken}`);
  expect(inviteInHash("#https://relay.example/i/")).toBe("https://relay.example/i/");
});

test("other fragments are none", () => {
  for (const hash of [
    "",
    "#",
    "#conversation=abc",
    "#https://relay.example/",
    "#https://relay.example/f/#x",
    "#https:///i/#x",
    "#javascript:alert(1)//i/#x",
    "#web+petmail:javascript%3Aalert(1)",
    "#%E0%A4%A",
    `#${encodeURIComponent(`https://relay.example/i/#${"x".repeat(2_000)}`)}`,
  ]) {
    expect(inviteInHash(hash), hash).toBeUndefined();
  }
});

test("the rule takes invite links of its relay only, and keeps all behind /i", () => {
  const pattern = new RegExp(linkPattern("https://relay.example:8443"));
  const kept = (rest: string) => pattern.exec(`https://relay.example:8443/i${rest}`)?.[1];
  for (const rest of ["/#secret", "/x?utm=1#a#b?c", "/%23secret", "/?secret", "#secret", "/"]) {
    expect(kept(rest)).toBe(rest);
  }
  for (const url of [
    "https://relay.example:8443/",
    "https://relay.example:8443/icons/icon-32.png",
    "https://relay.example:8443/x/i/#secret",
    "https://relayXexample:8443/i/#secret",
    "https://relay.example/i/#secret",
    "http://relay.example:8443/i/#secret",
    "https://evil.example/?https://relay.example:8443/i/#secret",
  ]) {
    expect(pattern.test(url), url).toBe(false);
  }
});
