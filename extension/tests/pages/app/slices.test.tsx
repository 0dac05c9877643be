// @vitest-environment happy-dom
import { render } from "preact";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { AgentClient } from "../../../src/agent/types";
import type { Event, Snapshot } from "../../../src/api";
import { App } from "../../../src/ui/app/App";
import { slices } from "../../../src/ui/app/slices";
import { setLanguage } from "../../../src/ui/lib/catalogue";
import { type Slice, Slices, viewKind } from "../../../src/ui/lib/slice";
import { State } from "../../../src/ui/lib/state";
import { conversation } from "../conversation/made";

/** A feature that is in no list but this test's. */
const counter: Slice = {
  texts: { en: {}, de: {} },
  reduce: (data, event) =>
    event.kind === "name" ? { ...data, version: `${data.version}+` } : data,
  follow: (view, _, after) => (after.version.length > 3 ? { kind: "counter", sum: 3 } : view),
  views: [viewKind<{ kind: "counter"; sum: number }>("counter", ({ view }) => <b>{view.sum}</b>)],
  listItems: ({ state }) => <i>{state.data.value?.version}</i>,
  places: {
    banner: () => <u>banner</u>,
    settings: () => <u>section</u>,
    details: ({ name }) => <u>about {name}</u>,
  },
};

let root: HTMLElement;
let emit: (event: Event) => void;
let state: State;

const client = {
  call: async (command: string) => (command === "messages" ? { messages: [], more: false } : {}),
  onEvent: (listener: (event: Event) => void) => {
    const before = emit;
    emit = (event) => {
      before(event);
      listener(event);
    };
    return () => undefined;
  },
  onState: () => () => undefined,
} as unknown as AgentClient;

const marks = (element: string) => [...root.querySelectorAll(element)].map((e) => e.textContent);
const click = (testid: string) =>
  root.querySelector<HTMLElement>(`[data-testid=${testid}]`)?.click();

beforeEach(() => {
  setLanguage("en");
  vi.stubGlobal("matchMedia", () => ({ matches: true }));
  emit = () => undefined;
  root = document.createElement("div");
  document.body.append(root);
  state = new State(client, [...slices, counter]);
  const data = {
    ...{ phase: "ready", version: "0", name: "Ana", restarted: false },
    relay: { url: "https://relay.example", state: "connected", retryAt: 0, keyAlarm: false },
    ...{ conversations: [conversation({ id: "c1", name: "Ben" })], invites: [], notes: [] },
    ...{ drafts: [], deletions: [] },
    settings: { notifications: false, language: "en", quickReceipts: false },
  } as unknown as Snapshot;
  emit({ kind: "snapshot", data });
  render(
    <Slices.Provider value={state.slices}>
      <App state={state} arrival={undefined} />
    </Slices.Provider>,
    root,
  );
});

afterEach(() => {
  render(null, root);
  root.remove();
  vi.unstubAllGlobals();
});

test("a feature that is one slice more is drawn, and knows of events, without another change", async () => {
  expect(marks("i")).toEqual(["0"]);
  expect(marks("u")).toEqual(["banner"]);
  state.show({ kind: "settings" });
  await vi.waitFor(() => expect(marks("u")).toEqual(["banner", "section"]));
  state.show({ kind: "conversation", id: "c1" });
  await vi.waitFor(() => expect(root.querySelector(".talk")).not.toBeNull());
  click("details");
  await vi.waitFor(() => expect(marks("u")).toEqual(["banner", "about Ben"]));
  for (const name of ["A", "B", "C"]) emit({ kind: "name", data: name });
  await vi.waitFor(() => expect(marks(".page b")).toEqual(["3"]));
  expect(marks("i")).toEqual(["0+++"]);
  expect(state.data.value?.name).toBe("C");
});

test("a view that no slice knows shows what is there when nothing is open", async () => {
  state.show({ kind: "of tomorrow" });
  await vi.waitFor(() => expect(root.querySelector(".home")).not.toBeNull());
});
