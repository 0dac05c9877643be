import { expect, test } from "vitest";
import { type AgentClient, AgentError } from "../../../src/agent/types";
import type { Settings } from "../../../src/api";
import { Changes } from "../../../src/ui/lib/changes";

const known: Settings = { notifications: false, language: "", quickReceipts: false };

/** An agent whose answers to "settings" come when told. */
function agent() {
  const asked: { settings: Settings; answer: () => void; refuse: (error: Error) => void }[] = [];
  const client = {
    call: (_: string, settings: Settings) =>
      new Promise((resolve, reject) => {
        asked.push({ settings, answer: () => resolve({}), refuse: reject });
      }),
  } as unknown as AgentClient;
  return { asked, changes: new Changes(client, () => known) };
}

test("sends all settings with the one that changes", () => {
  const { asked, changes } = agent();
  void changes.make({ language: "de" });
  expect(asked[0]?.settings).toEqual({ ...known, language: "de" });
});

test("carries a change along whose answer is still to come", async () => {
  const { asked, changes } = agent();
  const first = changes.make({ language: "de" });
  const second = changes.make({ quickReceipts: true });
  expect(asked[1]?.settings).toEqual({ ...known, language: "de", quickReceipts: true });
  for (const { answer } of asked) answer();
  await Promise.all([first, second]);
});

test("starts from what the agent told once all is answered", async () => {
  const { asked, changes } = agent();
  const first = changes.make({ language: "de" });
  asked[0]?.answer();
  await first;
  void changes.make({ quickReceipts: true });
  expect(asked[1]?.settings).toEqual({ ...known, quickReceipts: true });
});

test("does not try a refused change again with the next", async () => {
  const { asked, changes } = agent();
  const first = changes.make({ language: "de" });
  asked[0]?.refuse(new AgentError("storage", ""));
  await expect(first).rejects.toMatchObject({ code: "storage" });
  void changes.make({ quickReceipts: true });
  expect(asked[1]?.settings).toEqual({ ...known, quickReceipts: true });
});

test("asks nothing before the agent has told its settings", async () => {
  const calls: string[] = [];
  const client = { call: async (command: string) => void calls.push(command) };
  await new Changes(client as unknown as AgentClient, () => undefined).make({ language: "de" });
  expect(calls).toEqual([]);
});
