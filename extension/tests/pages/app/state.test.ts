// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from "vitest";
import type { AgentClient, AgentState, Reason } from "../../../src/agent/types";
import { AgentError } from "../../../src/agent/types";
import type { Conversation, Event, Invite, Snapshot } from "../../../src/api";
import { slices } from "../../../src/ui/app/slices";
import { accept, dismiss, ended, listed, invite as open } from "../../../src/ui/invite/invites";
import { language, setLanguage } from "../../../src/ui/lib/catalogue";
import * as all from "../../../src/ui/lib/state";
import type { View } from "../../../src/ui/lib/view";

type Data = all.Data;

const reduce = (data: Data | undefined, event: Event) => all.reduce(slices, data, event);
const follow = (view: View, before: Data | undefined, after: Data) =>
  all.follow(slices, view, before, after);

function conversation(id: string, more: Partial<Conversation> = {}): Conversation {
  return {
    id,
    name: `Name of ${id}`,
    theirName: `Name of ${id}`,
    relayRefused: false,
    state: "open",
    met: "code",
    verified: false,
    keyAlarm: false,
    unread: 0,
    activity: 1000,
    preview: "",
    previewMine: false,
    previewUnknown: false,
    relay: "https://relay.example",
    created: 1000,
    timer: 0,
    ...more,
  };
}

function invite(id: string, more: Partial<Invite> = {}): Invite {
  return {
    id,
    mine: true,
    state: "waiting",
    code: "4071-guitarist-revenge",
    link: "https://relay.example/i/#secret",
    note: "",
    created: 1000,
    codeExpires: 2000,
    linkExpires: 3000,
    conversation: "",
    codeFailed: false,
    ...more,
  };
}

function snapshot(more: Partial<Snapshot> = {}): Snapshot {
  return {
    phase: "ready",
    version: "0.1.0",
    name: "Ana",
    relay: { url: "https://relay.example", state: "connected", retryAt: 0, keyAlarm: false },
    conversations: [],
    invites: [],
    drafts: [],
    deletions: [],
    notes: [],
    settings: { notifications: false, language: "en", quickReceipts: false },
    restarted: false,
    ...more,
  };
}

function known(more: Partial<Snapshot> = {}): Data {
  const data = reduce(undefined, { kind: "snapshot", data: snapshot(more) });
  if (!data) throw new Error("a snapshot is data");
  return data;
}

const ids = (list: readonly { id: string }[] | undefined) => list?.map(({ id }) => id);

describe("reduce", () => {
  it("knows nothing before the first snapshot", () => {
    expect(reduce(undefined, { kind: "conversation", data: conversation("a") })).toBeUndefined();
    expect(reduce(undefined, { kind: "name", data: "Ana" })).toBeUndefined();
  });

  it("replaces everything by a snapshot, newest activity first", () => {
    const before = known({ conversations: [conversation("gone")], invites: [invite("gone")] });
    const after = reduce(before, {
      kind: "snapshot",
      data: snapshot({
        conversations: [conversation("old", { activity: 1 }), conversation("new", { activity: 9 })],
      }),
    });
    expect(ids(after?.conversations)).toEqual(["new", "old"]);
    expect(after?.invites).toEqual([]);
    expect(after).not.toHaveProperty("restarted");
  });

  it("moves a conversation with new activity up and leaves the others as they are", () => {
    const before = known({
      conversations: [conversation("a", { activity: 3 }), conversation("b", { activity: 2 })],
    });
    const after = reduce(before, {
      kind: "conversation",
      data: conversation("b", { activity: 4, unread: 1 }),
    });
    expect(ids(after?.conversations)).toEqual(["b", "a"]);
    expect(after?.conversations[0]?.unread).toBe(1);
    expect(after?.conversations[1]).toBe(before.conversations[0]);
    expect(ids(before.conversations)).toEqual(["a", "b"]);
  });

  it("keeps the order of conversations of equal activity whatever comes first", () => {
    const events: Event[] = ["c", "a", "b"].map((id) => ({
      kind: "conversation",
      data: conversation(id),
    }));
    const forwards = events.reduce<Data | undefined>(reduce, known());
    const backwards = events.reverse().reduce<Data | undefined>(reduce, known());
    expect(ids(forwards?.conversations)).toEqual(ids(backwards?.conversations));
  });

  it("adds, changes and removes invitations, the newest first", () => {
    let data: Data | undefined = known();
    data = reduce(data, { kind: "invite", data: invite("a", { created: 1 }) });
    data = reduce(data, { kind: "invite", data: invite("b", { created: 2 }) });
    data = reduce(data, { kind: "invite", data: invite("a", { created: 1, state: "joining" }) });
    expect(data?.invites.map(({ id, state }) => [id, state])).toEqual([
      ["b", "waiting"],
      ["a", "joining"],
    ]);
    expect(ids(reduce(data, { kind: "inviteRemoved", data: "b" })?.invites)).toEqual(["a"]);
  });

  it("takes an empty name, and settings and relay whole", () => {
    const settings = { notifications: true, language: "de", quickReceipts: true };
    const relay = {
      url: "https://other.example",
      state: "offline",
      retryAt: 5,
      keyAlarm: true,
    } as const;
    expect(reduce(known(), { kind: "name", data: "" })?.name).toBe("");
    expect(reduce(known(), { kind: "settings", data: settings })?.settings).toEqual(settings);
    expect(reduce(known(), { kind: "relay", data: relay })?.relay).toEqual(relay);
  });

  it("changes nothing for messages, and nothing for what it does not know", () => {
    const data = known({ conversations: [conversation("a")] });
    expect(
      reduce(data, { kind: "messageRemoved", data: { conversation: "a", message: "m" } }),
    ).toBe(data);
    expect(reduce(data, { kind: "of tomorrow", data: 1 } as unknown as Event)).toBe(data);
    expect(reduce(data, { kind: "conversationRemoved", data: "other" })?.conversations).toEqual(
      data.conversations,
    );
  });
});

describe("follow", () => {
  const shown = { kind: "invite", id: "i" } as const;

  it("goes from an invitation that is done to its conversation", () => {
    const before = known({ invites: [invite("i", { state: "joining" })] });
    const after = known({
      invites: [invite("i", { state: "done", conversation: "c" })],
      conversations: [conversation("c")],
    });
    expect(follow(shown, before, after)).toEqual({ kind: "conversation", id: "c" });
  });

  it("waits for the conversation where the invitation is told first", () => {
    const after = known({ invites: [invite("i", { state: "done", conversation: "c" })] });
    expect(follow(shown, undefined, after)).toBe(shown);
  });

  it("lets an invitee write as soon as there is somewhere to write", () => {
    const theirs = invite("i", { mine: false, state: "waiting", conversation: "c" });
    const after = known({
      invites: [theirs],
      conversations: [conversation("c", { state: "waiting" })],
    });
    expect(follow(shown, undefined, after)).toEqual({ kind: "conversation", id: "c" });
  });

  it("leaves an inviter at the code while nobody has come", () => {
    expect(follow(shown, undefined, known({ invites: [invite("i")] }))).toBe(shown);
  });

  it("goes back from the conversation when the invitation fails after all", () => {
    const theirs = invite("i", { mine: false, conversation: "c" });
    const before = known({
      invites: [theirs],
      conversations: [conversation("c", { state: "waiting" })],
    });
    const after = known({
      invites: [{ ...theirs, state: "failed" }],
      conversations: [conversation("c", { state: "failed" })],
    });
    expect(follow({ kind: "conversation", id: "c" }, before, after)).toEqual(shown);
    expect(follow({ kind: "conversation", id: "c" }, after, after)).toEqual({
      kind: "conversation",
      id: "c",
    });
  });

  it("goes home when what is shown is gone", () => {
    const before = known({ conversations: [conversation("c")], invites: [invite("i")] });
    expect(follow({ kind: "conversation", id: "c" }, before, known())).toEqual({ kind: "home" });
    expect(follow(shown, before, known())).toEqual({ kind: "home" });
  });

  it("leaves all else alone", () => {
    for (const view of [
      { kind: "settings" },
      { kind: "enter", text: "x", asked: true, error: "" },
      { kind: "home" },
    ] as const) {
      expect(follow(view, known(), known())).toBe(view);
    }
  });
});

describe("which invitations matter", () => {
  it.each([
    ["preparing", false],
    ["waiting", false],
    ["joining", false],
    ["done", false],
    ["expired", true],
    ["failed", true],
    ["used", true],
    ["unknown", true],
    ["unsupported", true],
  ] as const)("%s: over for good is %s", (state, over) => {
    expect(ended(invite("i", { state }))).toBe(over);
    expect(listed(invite("i", { state }))).toBe(state !== "done");
  });

  it("shows one that was accepted as its conversation only", () => {
    expect(listed(invite("i", { mine: false, conversation: "c" }))).toBe(false);
    expect(listed(invite("i", { mine: false, state: "unknown" }))).toBe(true);
  });
});

/** An agent that does what each test says. */
class Agent {
  calls: { command: string; args: unknown }[] = [];
  answer: (command: string) => unknown = () => ({});
  readonly events = new Set<(event: Event) => void>();
  readonly states = new Set<(state: AgentState, reason?: Reason) => void>();

  readonly client = {
    call: async (command: string, args: unknown) => {
      this.calls.push({ command, args });
      return this.answer(command);
    },
    onEvent: (listener: (event: Event) => void) => {
      this.events.add(listener);
      return () => this.events.delete(listener);
    },
    onState: (listener: (state: AgentState, reason?: Reason) => void) => {
      this.states.add(listener);
      listener("starting");
      return () => this.states.delete(listener);
    },
  } as unknown as AgentClient;

  emit(event: Event): void {
    for (const listener of this.events) listener(event);
  }
}

describe("State", () => {
  afterEach(() => setLanguage(""));

  it("tells how the agent is, and stops when closed", () => {
    const agent = new Agent();
    const state = new all.State(agent.client, slices);
    expect(state.agent.value).toBe("starting");
    for (const listener of agent.states) listener("unavailable", "storage");
    expect([state.agent.value, state.reason.value]).toEqual(["unavailable", "storage"]);
    state.close();
    expect(agent.events.size + agent.states.size).toBe(0);
  });

  it("follows the language of the settings", () => {
    const agent = new Agent();
    const state = new all.State(agent.client, slices);
    agent.emit({ kind: "snapshot", data: snapshot() });
    agent.emit({
      kind: "settings",
      data: { notifications: false, language: "de", quickReceipts: false },
    });
    expect(language.value).toBe("de");
    expect(state.data.value?.settings.language).toBe("de");
  });

  it("says once that the agent has recovered", () => {
    const agent = new Agent();
    const state = new all.State(agent.client, slices);
    agent.emit({ kind: "snapshot", data: snapshot({ restarted: true }) });
    expect(state.restarted.value).toBe(true);
    state.restarted.value = false;
    agent.emit({ kind: "snapshot", data: snapshot() });
    expect(state.restarted.value).toBe(false);
  });

  it("counts what is unread in all conversations", () => {
    const agent = new Agent();
    const state = new all.State(agent.client, slices);
    agent.emit({
      kind: "snapshot",
      data: snapshot({
        conversations: [conversation("a", { unread: 2 }), conversation("b", { unread: 3 })],
      }),
    });
    expect(state.unread.value).toBe(5);
    agent.emit({ kind: "conversationRemoved", data: "b" });
    expect(state.unread.value).toBe(2);
  });

  it("opens an invitation and shows it", async () => {
    const agent = new Agent();
    const state = new all.State(agent.client, slices);
    agent.emit({ kind: "snapshot", data: snapshot() });
    agent.answer = () => invite("i", { state: "preparing", code: "", link: "" });
    await open(state, "Ben");
    expect(agent.calls).toEqual([{ command: "invite.new", args: { note: "Ben" } }]);
    expect(state.view.value).toEqual({ kind: "invite", id: "i" });
    agent.emit({ kind: "invite", data: invite("i") });
    expect(state.data.value?.invites[0]?.code).toBe("4071-guitarist-revenge");
  });

  it.each(["invite", "accept"] as const)(
    "lets no late answer to %s undo what events told",
    async (act) => {
      const agent = new Agent();
      const state = new all.State(agent.client, slices);
      agent.emit({ kind: "snapshot", data: snapshot() });
      const mine = act === "invite";
      agent.answer = () => {
        agent.emit({ kind: "invite", data: invite("i", { mine, state: "joining" }) });
        return invite("i", { mine, state: "preparing", code: "", link: "" });
      };
      await { invite: open, accept }[act](state, "4071-guitarist-revenge");
      expect(state.data.value?.invites[0]?.state).toBe("joining");
    },
  );

  it("stays where it was when a command is refused", async () => {
    const agent = new Agent();
    const state = new all.State(agent.client, slices);
    agent.emit({ kind: "snapshot", data: snapshot() });
    state.show({ kind: "enter", text: "nonsense", asked: false, error: "" });
    agent.answer = () => {
      throw new AgentError("bad_code", "");
    };
    await expect(accept(state, "nonsense")).rejects.toMatchObject({ code: "bad_code" });
    expect(state.view.value.kind).toBe("enter");
  });

  it("leaves an invitation that is taken back", async () => {
    const agent = new Agent();
    const state = new all.State(agent.client, slices);
    agent.emit({ kind: "snapshot", data: snapshot({ invites: [invite("i")] }) });
    state.show({ kind: "invite", id: "i" });
    await dismiss(state, "i");
    expect(state.data.value?.invites).toEqual([]);
    expect(state.view.value).toEqual({ kind: "home" });
  });
});

it("shows a long deletion until it has ended", () => {
  const progress = { conversation: "a", done: 1000, total: 3000, ended: false };
  let data = reduce(known(), { kind: "deletion", data: progress });
  data = reduce(data, { kind: "deletion", data: { ...progress, done: 2000 } });
  expect(data?.deletions).toEqual([{ ...progress, done: 2000 }]);
  data = reduce(data, { kind: "deletion", data: { ...progress, done: 3000, ended: true } });
  expect(data?.deletions).toEqual([]);
});
