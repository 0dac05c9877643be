// @vitest-environment happy-dom
import { render } from "preact";
import { expect, test, vi } from "vitest";
import type { AgentClient } from "../../../src/agent/types";
import type { Event, Snapshot } from "../../../src/api";
import { FirstRun } from "../../../src/ui/firstrun/FirstRun";
import { setLanguage } from "../../../src/ui/lib/catalogue";
import { State } from "../../../src/ui/lib/state";

const snapshot = {
  ...{ phase: "new", version: "0", name: "", conversations: [], invites: [], notes: [] },
  ...{ drafts: [], deletions: [], restarted: false },
  relay: { url: "", state: "offline", retryAt: 0, keyAlarm: false },
  settings: { notifications: false, language: "en", quickReceipts: false },
} as Snapshot;

test("begins with the snapshot that start answers", async () => {
  setLanguage("en");
  const calls: { command: string; args: unknown }[] = [];
  let emit: (event: Event) => void = () => undefined;
  const client = {
    call: async (command: string, args: unknown) => {
      calls.push({ command, args });
      return { ...snapshot, phase: "ready", name: "Ana" };
    },
    onEvent: (listener: (event: Event) => void) => {
      emit = listener;
      return () => undefined;
    },
    onState: () => () => undefined,
  } as unknown as AgentClient;
  const state = new State(client, []);
  emit({ kind: "snapshot", data: snapshot });
  const data = state.data.value;
  if (!data) throw new Error("a snapshot is data");
  const onStart = vi.fn();
  const root = document.createElement("div");
  document.body.append(root);
  render(<FirstRun state={state} data={data} invited={false} onStart={onStart} />, root);
  const fill = (testid: string, text: string) => {
    const field = root.querySelector<HTMLInputElement>(`[data-testid=${testid}]`);
    if (!field) throw new Error(`no field is called ${testid}`);
    field.value = text;
    field.dispatchEvent(
      new window.Event("input", { bubbles: true }) as unknown as globalThis.Event,
    );
  };
  fill("persona-name", " Ana ");
  fill("relay-url", "relay.example");
  await vi.waitFor(() => expect(root.querySelector("form")).not.toBeNull());
  root.querySelector("form")?.requestSubmit();
  await vi.waitFor(() => expect(state.data.value?.phase).toBe("ready"));
  expect(calls).toEqual([
    { command: "start", args: { name: "Ana", relay: "https://relay.example" } },
  ]);
  expect(onStart).toHaveBeenCalledOnce();
  render(null, root);
});
