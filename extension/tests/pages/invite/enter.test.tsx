// @vitest-environment happy-dom
import { render } from "preact";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type AgentClient, AgentError, type CallErrorCode } from "../../../src/agent/types";
import type { Event, Invite, Snapshot } from "../../../src/api";
import { keepInvite, keptInvite, letInviteGo } from "../../../src/platform/kept";
import { App } from "../../../src/ui/app/App";
import { slices } from "../../../src/ui/app/slices";
import { setLanguage } from "../../../src/ui/lib/catalogue";
import { Slices } from "../../../src/ui/lib/slice";
import { State } from "../../../src/ui/lib/state";
import { conversation } from "../conversation/made";

const link = "https://relay.example/i/#peti1qqqsyqcyq5rqwzqfpg9scrgwpud7zmkn";
const invite: Invite = {
  ...{ id: "i1", mine: false, state: "done", code: "", link: "", note: "", created: 0 },
  ...{ codeExpires: 0, linkExpires: 0, conversation: "c1", codeFailed: false },
} as Invite;

let root: HTMLElement;
let emit: (event: Event) => void;
let calls: { command: string; args: unknown }[];
let answers: Record<string, unknown>;

const client = {
  call: async (command: string, args: unknown) => {
    calls.push({ command, args });
    const answer = answers[command];
    if (answer instanceof Error) throw answer;
    return answer ?? (command === "messages" ? { messages: [], more: false } : {});
  },
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

const snapshot = {
  ...{ phase: "ready", version: "0", name: "Ana", restarted: false },
  relay: { url: "https://relay.example", state: "connected", retryAt: 0, keyAlarm: false },
  ...{ conversations: [conversation({ id: "c1", name: "Ben" })], invites: [], notes: [] },
  ...{ drafts: [], deletions: [] },
  settings: { notifications: false, language: "en", quickReceipts: false },
} as unknown as Snapshot;

/** Shows the app to somebody who came with the link, or with nothing new. */
function arrive(text: string | undefined, phase = "ready"): State {
  const state = new State(client, slices);
  emit({ kind: "snapshot", data: { ...snapshot, phase } as Snapshot });
  render(
    <Slices.Provider value={slices}>
      <App state={state} arrival={text ? { text, confirmed: false } : undefined} />
    </Slices.Provider>,
    root,
  );
  return state;
}

function find<E extends HTMLElement>(testid: string): E {
  const element = root.querySelector<E>(`[data-testid="${testid}"]`);
  if (!element) throw new Error(`nothing is called ${testid}`);
  return element;
}

function type(text: string): void {
  const field = find<HTMLTextAreaElement>("invite-enter");
  field.value = text;
  field.dispatchEvent(new window.Event("input", { bubbles: true }) as unknown as globalThis.Event);
}

beforeEach(() => {
  setLanguage("en");
  emit = () => undefined;
  calls = [];
  answers = {};
  root = document.createElement("div");
  document.body.append(root);
});

afterEach(() => {
  render(null, root);
  root.remove();
  letInviteGo();
});

const note = () => root.querySelector(".code-hint")?.textContent ?? "";

/** Pages draw when they come to it. */
const eventually = vi.waitFor;

const sees = (testid: string) => eventually(() => find<HTMLTextAreaElement>(testid));

test("the field says what it will take, by the rules of what takes it", async () => {
  const state = arrive(undefined);
  state.show({ kind: "enter", text: "", asked: false, error: "" });
  await sees("invite-enter");
  type(`Let us write privately. Open this link:\n${link}\nBye`);
  await eventually(() => expect(note()).toContain("relay.example"));
  expect(find<HTMLTextAreaElement>("invite-enter").value).toContain("\nBye");
  type(`${link} https://relay.example.org/i/#peti1zqg3yyc5z5tpwxqergd3c8g7rupxe9ex`);
  await eventually(() => expect(note()).toContain("different invitations"));
  type("https://relay.example/i/#peti1broken");
  await eventually(() => expect(note()).toContain("For example"));
});

test("an invitation that was used here already is opened, not asked about", async () => {
  keepInvite(link);
  answers["invite.known"] = { invite };
  const state = arrive(link);
  await eventually(() => expect(state.view.value).toEqual({ kind: "conversation", id: "c1" }));
  await eventually(() => expect(keptInvite()).toBeUndefined());
  expect(calls.map(({ command }) => command)).not.toContain("invite.accept");
});

test("an invitation stays for the tab until it is taken", async () => {
  keepInvite(link);
  arrive(link);
  expect((await sees("invite-enter")).value).toBe(link);
  answers["invite.accept"] = new AgentError("storage", "");
  find("invite-accept").click();
  await sees("error");
  expect(keptInvite(), "it may work the next time").toBe(link);
  answers["invite.accept"] = { ...invite, state: "preparing", conversation: "" };
  find("invite-accept").click();
  await eventually(() => expect(keptInvite()).toBeUndefined());
});

test.each<CallErrorCode>(["bad_code", "own_invite", "private_host"])(
  "an invitation that is refused for good (%s) is let go, and the person told",
  async (code) => {
    keepInvite(link);
    answers["invite.known"] = new AgentError(code, "");
    arrive(link);
    await eventually(() => expect(find("error").textContent).not.toBe(""));
    expect(keptInvite()).toBeUndefined();
    expect(find<HTMLTextAreaElement>("invite-enter").value).toBe(link);
  },
);

test("who looks at something else finds the invitation again, and can refuse it", async () => {
  keepInvite(link);
  const state = arrive(link);
  await sees("invite-dismiss");
  state.show({ kind: "settings" });
  await sees("settings-pane");
  state.show({ kind: "enter", text: "", asked: false, error: "" });
  expect((await sees("invite-enter")).value).toBe(link);
  find("invite-dismiss").click();
  expect(keptInvite()).toBeUndefined();
  expect(state.view.value).toEqual({ kind: "home" });
});

test.each(["locked", "broken"])(
  "where one cannot go on (%s) the invitation is given back",
  async (phase) => {
    keepInvite(link);
    arrive(link, phase);
    expect((await sees("invite-kept")).textContent).not.toBe("");
    expect(find("landing-copy").textContent).not.toBe("");
    expect(keptInvite()).toBe(link);
  },
);
