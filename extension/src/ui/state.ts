// What all pages know: the agent's snapshot with the events since, and what
// the person looks at. Components read signals and send commands.
import { batch, computed, type ReadonlySignal, signal } from "@preact/signals";
import type { AgentClient, AgentState, Reason } from "../agent/types";
import type { Conversation, Event, Invite, Note, Snapshot } from "../api";
import { setLanguage } from "./catalogue";
import { Drafts } from "./conversation/drafts";

/** What the main pane shows. */
export type View =
  | { kind: "home" }
  | { kind: "conversation"; id: string }
  | { kind: "invite"; id: string }
  /** Where a code or link is entered; asked: it came from outside. */
  | { kind: "enter"; text: string; asked: boolean; error: string }
  /** A note to or from somebody who has wormhole. */
  | { kind: "note"; id: string }
  | { kind: "note-new"; text: string }
  | { kind: "note-enter"; code: string }
  | { kind: "settings" };

/** What the agent told, messages excepted. */
export type Data = Omit<Snapshot, "restarted">;

/** The data after an event. What did not change keeps its identity. */
export function reduce(data: Data | undefined, event: Event): Data | undefined {
  if (event.snapshot) {
    const { restarted: _, ...snapshot } = event.snapshot;
    return { ...snapshot, conversations: byActivity(snapshot.conversations) };
  }
  if (!data) return data;
  if (event.diskFull !== undefined) return { ...data, diskFull: event.diskFull };
  if (event.relay) return { ...data, relay: event.relay };
  if (event.clock) return { ...data, clock: event.clock };
  if (event.settings) return { ...data, settings: event.settings };
  if (event.locks) return { ...data, locks: event.locks.locks };
  if (event.trouble !== undefined) return { ...data, trouble: event.trouble };
  if (event.name !== undefined) return { ...data, name: event.name };
  if (event.conversation) {
    return { ...data, conversations: byActivity(put(data.conversations, event.conversation)) };
  }
  if (event.conversationRemoved) {
    return { ...data, conversations: without(data.conversations, event.conversationRemoved) };
  }
  if (event.deletion) {
    const { deletion } = event;
    const others = data.deletions.filter((d) => d.conversation !== deletion.conversation);
    return { ...data, deletions: deletion.ended ? others : [...others, deletion] };
  }
  if (event.invite) {
    const invites = put(data.invites, event.invite);
    return { ...data, invites: invites.sort((a, b) => b.created - a.created) };
  }
  if (event.inviteRemoved) {
    return { ...data, invites: without(data.invites, event.inviteRemoved) };
  }
  if (event.note) {
    const notes = put(data.notes, event.note);
    return { ...data, notes: notes.sort((a, b) => b.created - a.created) };
  }
  if (event.noteRemoved) {
    return { ...data, notes: without(data.notes, event.noteRemoved) };
  }
  return data; // messages are the conversation's
}

function put<T extends { id: string }>(list: readonly T[], item: T): T[] {
  return [item, ...list.filter(({ id }) => id !== item.id)];
}

function without<T extends { id: string }>(list: readonly T[], gone: string): T[] {
  return list.filter(({ id }) => id !== gone);
}

/** Newest activity first; equal ones in an order that stays. */
function byActivity(list: readonly Conversation[]): Conversation[] {
  return [...list].sort((a, b) => b.activity - a.activity || (a.id < b.id ? -1 : 1));
}

/** Whether an invitation can no longer lead to a conversation. */
export function ended({ state }: Invite): boolean {
  return !["preparing", "waiting", "joining", "done"].includes(state);
}

/** Whether nothing more comes of a note. */
export function noteEnded({ state }: Note): boolean {
  return !["preparing", "waiting", "joining"].includes(state);
}

/** Whether the list shows an invitation: it is under way or ended badly. */
export function listed(invite: Invite): boolean {
  if (invite.state === "done") return false;
  return invite.mine || !invite.conversation;
}

/** The one state of a page. It lives as long as the page. */
export class State {
  readonly agent = signal<AgentState>("starting");
  readonly reason = signal<Reason | undefined>(undefined);
  /** undefined until the agent has told the first time. */
  readonly data = signal<Data | undefined>(undefined);
  readonly view = signal<View>({ kind: "home" });
  /** The agent has recovered from a crash, and the person has not yet seen that. */
  readonly restarted = signal(false);
  readonly drafts: Drafts;

  readonly conversations: ReadonlySignal<readonly Conversation[]> = computed(
    () => this.data.value?.conversations ?? [],
  );
  readonly invites: ReadonlySignal<readonly Invite[]> = computed(
    () => this.data.value?.invites ?? [],
  );
  readonly notes: ReadonlySignal<readonly Note[]> = computed(() => this.data.value?.notes ?? []);
  readonly unread: ReadonlySignal<number> = computed(() =>
    this.conversations.value.reduce((sum, { unread }) => sum + unread, 0),
  );

  readonly #stop: (() => void)[];

  /** Subscribes at once, so that nothing the client tells is missed. */
  constructor(readonly client: AgentClient) {
    this.drafts = new Drafts(client);
    this.#stop = [
      client.onState((state, reason) => {
        batch(() => {
          this.agent.value = state;
          this.reason.value = reason;
          // Whoever stands in for an agent that had a lock begins locked.
          const { phase, locks } = this.data.value ?? {};
          if (state === "starting" && phase === "ready" && locks?.length) this.#forget();
        });
      }),
      client.onEvent((event) => this.#take(event)),
    ];
  }

  close(): void {
    for (const stop of this.#stop) stop();
  }

  show(view: View): void {
    this.view.value = view;
  }

  /** Opens an invitation and shows it. Rejects with an AgentError. */
  async invite(note: string): Promise<void> {
    const invite = await this.client.call("invite.new", { note });
    batch(() => {
      // Events about it may have come before this answer and know more.
      if (!this.invites.value.some(({ id }) => id === invite.id)) this.#take({ invite });
      this.show({ kind: "invite", id: invite.id });
    });
  }

  /** Takes a code or link and shows what becomes of it. Rejects with an AgentError. */
  async accept(text: string): Promise<void> {
    this.#showInvite(await this.client.call("invite.accept", { text }));
  }

  /**
   * Shows what became of a code or link that was used here already; false if
   * it was not. Rejects with an AgentError.
   */
  async reopen(text: string): Promise<boolean> {
    const { invite } = await this.client.call("invite.known", { text });
    if (invite) this.#showInvite(invite);
    return invite !== undefined;
  }

  #showInvite(invite: Invite): void {
    batch(() => {
      // Events about it may have come before this answer and know more.
      const known = this.invites.value.find(({ id }) => id === invite.id) ?? invite;
      this.show({ kind: "invite", id: known.id });
      this.#take({ invite: known });
    });
  }

  /** Says whom an invitation is for. Rejects with an AgentError. */
  async noteInvite(invite: string, note: string): Promise<void> {
    await this.client.call("invite.note", { invite, note });
  }

  async dismiss(invite: string): Promise<void> {
    await this.client.call("invite.dismiss", { invite });
    this.#take({ inviteRemoved: invite });
  }

  /** Asks for a code under which a text can be fetched. Rejects with an AgentError. */
  async sendNote(text: string): Promise<void> {
    this.#showNote(await this.client.call("note.send", { text }));
  }

  /** Fetches the text behind a code of wormhole. Rejects with an AgentError. */
  async receiveNote(code: string, relay: string, exact: boolean): Promise<void> {
    this.#showNote(await this.client.call("note.receive", { code, relay, exact }));
  }

  async dismissNote(note: string): Promise<void> {
    await this.client.call("note.dismiss", { note });
    this.#take({ noteRemoved: note });
  }

  #showNote(note: Note): void {
    batch(() => {
      // Events about it may have come before this answer and know more.
      if (!this.notes.value.some(({ id }) => id === note.id)) this.#take({ note });
      this.show({ kind: "note", id: note.id });
    });
  }

  async start(name: string, relay: string): Promise<void> {
    const snapshot = await this.client.call("start", { name, relay });
    this.#take({ snapshot });
  }

  /** Locks Petmail, once what was typed is kept; rejects with an AgentError. */
  async lock(): Promise<void> {
    await this.drafts.settle();
    await this.client.call("lock", {});
  }

  /** Lets go of all that the agent has told, and of what the person has typed. */
  #forget(): void {
    this.data.value = undefined;
    this.view.value = { kind: "home" };
    this.restarted.value = false;
    this.drafts.clear();
  }

  #take(event: Event): void {
    batch(() => {
      const { phase } = event.snapshot ?? {};
      if (phase === "locked" || phase === "broken") this.#forget();
      const before = this.data.value;
      const after = reduce(before, event);
      this.drafts.take(event);
      if (event.snapshot?.restarted) this.restarted.value = true;
      if (after?.settings.language !== before?.settings.language) {
        setLanguage(after?.settings.language ?? "");
      }
      this.data.value = after;
      if (after) this.view.value = follow(this.view.value, before, after);
    });
  }
}

/**
 * The view after a change: an invitation that has led somewhere becomes its
 * conversation, one that failed comes back, and what is gone is left.
 */
export function follow(view: View, before: Data | undefined, after: Data): View {
  if (view.kind === "invite") {
    const invite = after.invites.find(({ id }) => id === view.id);
    if (!invite) return { kind: "home" };
    const led = invite.state === "done" || (!invite.mine && invite.state === "waiting");
    if (led && after.conversations.some(({ id }) => id === invite.conversation)) {
      return { kind: "conversation", id: invite.conversation };
    }
  }
  if (view.kind === "note" && !after.notes.some(({ id }) => id === view.id)) {
    return { kind: "home" };
  }
  if (view.kind === "conversation") {
    const invite = before?.invites.find((i) => !i.mine && i.conversation === view.id);
    const now = after.invites.find(({ id }) => id === invite?.id);
    const gone = before && !after.conversations.some(({ id }) => id === view.id);
    if (invite && now && (gone || (ended(now) && !ended(invite)))) {
      return { kind: "invite", id: now.id };
    }
    if (gone) return { kind: "home" };
  }
  return view;
}
