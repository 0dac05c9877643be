// Invitations: what becomes of them by events, and what a person does with them.
import { batch } from "@preact/signals";
import type { Event, Invite } from "../../api";
import { errorText } from "../lib/errors";
import { type Data, newestFirst, put, type State, without } from "../lib/state";
import { conversationIn, conversationView, home, type View } from "../lib/view";
import { settled } from "./kept";

/** An invitation that is looked at. */
export type InviteView = { kind: "invite"; id: string };

export function inviteView(id: string): InviteView {
  return { kind: "invite", id };
}

/** Where a code or link is entered; asked: it came from outside; error: why it did not work. */
export type EnterView = { kind: "enter"; text: string; asked: boolean; error: string };

export const enterView: EnterView = { kind: "enter", text: "", asked: false, error: "" };

/** Whether an invitation can no longer lead to a conversation. */
export function ended({ state }: Invite): boolean {
  return !["preparing", "waiting", "joining", "done"].includes(state);
}

/** Whether the list shows an invitation: it is under way or ended badly. */
export function listed(invite: Invite): boolean {
  if (invite.state === "done") return false;
  return invite.mine || !invite.conversation;
}

/** Invitations, the newest first. */
export function reduce(data: Data, event: Event): Data {
  switch (event.kind) {
    case "invite":
      return { ...data, invites: put(data.invites, event.data).sort(newestFirst) };
    case "inviteRemoved":
      return { ...data, invites: without(data.invites, event.data) };
    default:
      return data;
  }
}

/**
 * An invitation that has led somewhere becomes its conversation, one that
 * failed comes back, and what is gone is left.
 */
export function follow(view: View, before: Data | undefined, after: Data): View {
  if (view.kind === "invite") {
    const invite = after.invites.find(({ id }) => id === view.id);
    if (!invite) return home;
    const led = invite.state === "done" || (!invite.mine && invite.state === "waiting");
    const there = after.conversations.some(({ id }) => id === invite.conversation);
    return led && there ? conversationView(invite.conversation) : view;
  }
  const conversation = conversationIn(view);
  if (!before || !conversation) return view;
  const invite = before.invites.find((i) => !i.mine && i.conversation === conversation);
  const now = after.invites.find(({ id }) => id === invite?.id);
  const gone = !after.conversations.some(({ id }) => id === conversation);
  const failed = invite && now && (gone || (ended(now) && !ended(invite)));
  return failed ? inviteView(now.id) : view;
}

function known(state: State, id: string): Invite | undefined {
  return state.data.peek()?.invites.find((invite) => invite.id === id);
}

/** Opens an invitation and shows it. Rejects with an AgentError. */
export async function invite(state: State, note: string): Promise<void> {
  const invite = await state.client.call("invite.new", { note });
  batch(() => {
    // Events about it may have come before this answer and know more.
    if (!known(state, invite.id)) state.take({ kind: "invite", data: invite });
    state.show(inviteView(invite.id));
  });
}

/** Takes a code or link and shows what becomes of it. Rejects with an AgentError. */
export async function accept(state: State, text: string): Promise<void> {
  show(state, await state.client.call("invite.accept", { text }));
}

/**
 * Shows what became of a code or link that was used here already; false if it
 * was not. Rejects with an AgentError.
 */
async function reopen(state: State, text: string): Promise<boolean> {
  const { invite } = await state.client.call("invite.known", { text });
  if (invite) show(state, invite);
  return invite !== undefined;
}

function show(state: State, invite: Invite): void {
  batch(() => {
    // Events about it may have come before this answer and know more.
    const so = known(state, invite.id) ?? invite;
    state.show(inviteView(so.id));
    state.take({ kind: "invite", data: so });
  });
}

/** Says whom an invitation is for. Rejects with an AgentError. */
export async function noteInvite(state: State, invite: string, note: string): Promise<void> {
  await state.client.call("invite.note", { invite, note });
}

/** Takes an invitation back, or removes one that is over. Rejects with an AgentError. */
export async function dismiss(state: State, invite: string): Promise<void> {
  await state.client.call("invite.dismiss", { invite });
  state.take({ kind: "inviteRemoved", data: invite });
}

/**
 * Takes the invitation that brought the person here. confirmed: they have said
 * yes to it; else they are asked, and one that was used here already is opened.
 */
export async function arrive(state: State, text: string, confirmed: boolean): Promise<void> {
  let error = "";
  try {
    if (confirmed) await accept(state, text);
    if (confirmed || (await reopen(state, text))) {
      settled(text);
      return;
    }
  } catch (reason) {
    settled(text, reason);
    error = errorText(reason);
  }
  state.show({ ...enterView, text, asked: !confirmed && error === "", error });
}
