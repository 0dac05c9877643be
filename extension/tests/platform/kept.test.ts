// @vitest-environment happy-dom
import { afterEach, expect, test, vi } from "vitest";
import { takeFromAddress } from "../../src/platform/handover";
import { keepInvite, keptInvite, letInviteGo } from "../../src/platform/kept";

const link = "https://relay.example/i/#peti1qqqsyqcyq5rqwzqfpg9scrgwpud7zmkn";

afterEach(() => {
  vi.unstubAllGlobals();
  letInviteGo();
});

test("an invitation is kept for the tab until it is let go, and nothing else is", () => {
  expect(keptInvite()).toBeUndefined();
  keepInvite(`Open ${link}.`);
  expect(keptInvite()).toBe(link);
  expect({ ...sessionStorage }).toEqual({ "petmail/invitation": link });
  expect(localStorage).toHaveLength(0);
  keepInvite("nonsense");
  expect(keptInvite()).toBe(link);
  letInviteGo();
  expect(keptInvite()).toBeUndefined();
  expect(sessionStorage).toHaveLength(0);
});

test("what somebody else put there is read strictly", () => {
  sessionStorage.setItem("petmail/invitation", "javascript:alert(1)");
  expect(keptInvite()).toBeUndefined();
});

test("where the browser keeps nothing, it stays until the page goes", () => {
  vi.stubGlobal("sessionStorage", undefined);
  keepInvite(link);
  expect(keptInvite()).toBe(link);
  letInviteGo();
  expect(keptInvite()).toBeUndefined();
});

test("what comes in the address is cleared and kept", () => {
  history.replaceState(null, "", `/#${encodeURIComponent(link)}`);
  expect(takeFromAddress()).toBe(link);
  expect(location.hash).toBe("");
  expect(keptInvite()).toBe(link);
});
