// What all pages know: the agent's snapshot with the events since, and what
// the person looks at. Components read signals and send commands.
import { batch, computed, type ReadonlySignal, signal } from "@preact/signals";
import type { AgentClient, AgentState, Reason } from "../../agent/types";
import type { Conversation, Event, Snapshot } from "../../api";
import { setLanguage } from "./catalogue";
import type { Slice } from "./slice";
import { home, type View } from "./view";

/** What the agent told, messages excepted. */
export type Data = Omit<Snapshot, "restarted">;

/** The data after an event. What did not change keeps its identity. */
export function reduce(
  slices: readonly Slice[],
  data: Data | undefined,
  event: Event,
): Data | undefined {
  let now = data;
  if (event.kind === "snapshot") {
    const { restarted: _, ...snapshot } = event.data;
    now = snapshot;
  }
  if (!now) return now;
  return slices.reduce((so, slice) => slice.reduce?.(so, event) ?? so, now);
}

/** The view after a change of the data. */
export function follow(
  slices: readonly Slice[],
  view: View,
  before: Data | undefined,
  after: Data,
): View {
  return slices.reduce((so, slice) => slice.follow?.(so, before, after) ?? so, view);
}

/** The list with an item, new or changed, at its beginning. */
export function put<T extends { id: string }>(list: readonly T[], item: T): T[] {
  return [item, ...list.filter(({ id }) => id !== item.id)];
}

/** For lists that begin with what was made last. */
export function newestFirst(a: { created: number }, b: { created: number }): number {
  return b.created - a.created;
}

export function without<T extends { id: string }>(list: readonly T[], gone: string): T[] {
  return list.filter(({ id }) => id !== gone);
}

/** What a slice keeps for as long as the page lives. */
export interface Kept {
  /** Every event, after it was reduced. */
  take(event: Event): void;
  /** Resolves when the agent has what it should have before it locks. */
  settle(): Promise<void>;
  /** Forgets everything. */
  clear(): void;
}

export type Keeper<K extends Kept = Kept> = (client: AgentClient) => K;

/** The one state of a page. It lives as long as the page. */
export class State {
  readonly agent = signal<AgentState>("starting");
  readonly reason = signal<Reason | undefined>(undefined);
  /** undefined until the agent has told the first time. */
  readonly data = signal<Data | undefined>(undefined);
  readonly view = signal<View>(home);
  /** The agent has recovered from a crash, and the person has not yet seen that. */
  readonly restarted = signal(false);

  readonly conversations: ReadonlySignal<readonly Conversation[]> = computed(
    () => this.data.value?.conversations ?? [],
  );
  readonly unread: ReadonlySignal<number> = computed(() =>
    this.conversations.value.reduce((sum, { unread }) => sum + unread, 0),
  );

  readonly #kept = new Map<Keeper, Kept>();
  readonly #stop: (() => void)[];

  /** Subscribes at once, so that nothing the client tells is missed. */
  constructor(
    readonly client: AgentClient,
    readonly slices: readonly Slice[],
  ) {
    for (const { keeps } of slices) if (keeps) this.#kept.set(keeps, keeps(client));
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
      client.onEvent((event) => this.take(event)),
    ];
  }

  close(): void {
    for (const stop of this.#stop) stop();
  }

  show(view: View): void {
    this.view.value = view;
  }

  /** What a slice keeps here. */
  kept<K extends Kept>(keeper: Keeper<K>): K {
    return this.#kept.get(keeper) as K;
  }

  /** Resolves when the agent has what it should have before it locks. */
  async settle(): Promise<void> {
    await Promise.all([...this.#kept.values()].map((kept) => kept.settle()));
  }

  /** Takes an event, or what an answer tells before its event comes. */
  take(event: Event): void {
    batch(() => {
      const told = event.kind === "snapshot" ? event.data : undefined;
      if (told?.phase === "locked" || told?.phase === "broken") this.#forget();
      const before = this.data.value;
      const after = reduce(this.slices, before, event);
      for (const kept of this.#kept.values()) kept.take(event);
      if (told?.restarted) this.restarted.value = true;
      if (after?.settings.language !== before?.settings.language) {
        setLanguage(after?.settings.language ?? "");
      }
      this.data.value = after;
      if (after) this.view.value = follow(this.slices, this.view.value, before, after);
    });
  }

  /** Lets go of all that the agent has told, and of what the person has typed. */
  #forget(): void {
    this.data.value = undefined;
    this.view.value = home;
    this.restarted.value = false;
    for (const kept of this.#kept.values()) kept.clear();
  }
}
