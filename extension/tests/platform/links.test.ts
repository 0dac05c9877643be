import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { linkPattern, takeOver } from "../../src/platform/extension/links";

type Rule = chrome.declarativeNetRequest.Rule;

let rules: Rule[];
let updates: number;

beforeEach(() => {
  rules = [];
  updates = 0;
  vi.stubGlobal("chrome", {
    runtime: { getURL: (path: string) => `chrome-extension://abc/${path}` },
    declarativeNetRequest: {
      getDynamicRules: async () => rules,
      updateDynamicRules: async (update: { removeRuleIds: number[]; addRules: Rule[] }) => {
        updates++;
        rules = rules.filter(({ id }) => !update.removeRuleIds.includes(id));
        for (const rule of update.addRules) {
          if (rules.some(({ id }) => id === rule.id)) throw new Error("the id is taken");
          rules = [...rules, rule];
        }
      },
    },
  });
});

afterEach(() => vi.unstubAllGlobals());

test("a relay has one rule, however often it is told", async () => {
  await Promise.all([takeOver("https://relay.example"), takeOver("https://relay.example/")]);
  await takeOver("https://relay.example");
  expect(updates).toBe(1);
  expect(rules).toEqual([
    {
      id: 1,
      action: {
        type: "redirect",
        redirect: {
          regexSubstitution:
            "chrome-extension://abc/invite.html?relay=https%3A%2F%2Frelay.example#\\1",
        },
      },
      condition: {
        regexFilter: linkPattern("https://relay.example"),
        resourceTypes: ["main_frame"],
      },
    },
  ]);
});

test("a rule that leads elsewhere, as after a new installation, is replaced", async () => {
  await takeOver("https://relay.example");
  vi.stubGlobal("chrome", {
    ...chrome,
    runtime: { getURL: (path: string) => `chrome-extension://new/${path}` },
  });
  await takeOver("https://relay.example");
  expect(rules).toHaveLength(1);
  expect(rules[0]?.action.redirect?.regexSubstitution).toContain("chrome-extension://new/");
});

test("a rule that an earlier version made for this relay is replaced, and no other", async () => {
  const earlier = (relay: string): Rule => ({
    id: relay.length,
    action: {
      type: "redirect",
      redirect: {
        regexSubstitution: `chrome-extension://abc/invite.html?relay=${encodeURIComponent(relay)}\\2`,
      },
    } as Rule["action"],
    condition: { regexFilter: `^${relay}/i/([^?#]*)[^#]*(#?.*)$` },
  });
  rules = [earlier("https://relay.example"), earlier("https://relay.example.org")];
  await takeOver("https://relay.example");
  expect(rules.map(({ condition }) => condition.regexFilter)).toEqual([
    "^https://relay.example.org/i/([^?#]*)[^#]*(#?.*)$",
    linkPattern("https://relay.example"),
  ]);
});

test("rules do not grow without bound: the oldest go", async () => {
  for (let i = 0; i < 30; i++) await takeOver(`https://relay${i}.example`);
  expect(rules).toHaveLength(20);
  expect(rules[0]?.condition.regexFilter).toBe(linkPattern("https://relay10.example"));
  expect(new Set(rules.map(({ id }) => id)).size).toBe(20);
});
