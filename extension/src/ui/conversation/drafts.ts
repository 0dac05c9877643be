import type { AgentClient } from "../../agent/types";
import type { Event } from "../../api";

/** The agent is given what was typed so often, in ms. */
const EVERY = 250;

/**
 * What was written and not yet sent, by conversation. The agent keeps it, so
 * that it survives a reload and goes when the conversation goes; other pages
 * of the same Petmail show the same.
 */
export class Drafts {
  readonly #client: AgentClient | undefined;
  readonly #texts = new Map<string, string>();
  /** Typed and not given to the agent yet: what it tells meanwhile is older. */
  readonly #unsaved = new Map<string, ReturnType<typeof setTimeout> | undefined>();
  /** Conversations whose text is on its way as a message. */
  readonly #sending = new Map<string, number>();
  readonly #listeners = new Map<string, Set<(text: string) => void>>();

  constructor(client?: AgentClient) {
    this.#client = client;
    // Before the client lets go of its channel.
    globalThis.addEventListener?.("pagehide", () => this.flush(), { capture: true });
    globalThis.document?.addEventListener?.("visibilitychange", () => this.flush());
  }

  get(conversation: string): string {
    return this.#texts.get(conversation) ?? "";
  }

  /** Takes what was typed. */
  set(conversation: string, text: string): void {
    if (text === this.get(conversation)) return;
    this.#keep(conversation, text);
    if (this.#unsaved.get(conversation)) return; // it will be part of that
    this.#unsaved.set(
      conversation,
      setTimeout(() => this.#save(conversation), EVERY),
    );
  }

  /** The text is being sent: the agent forgets the draft by itself. */
  async sending(conversation: string, send: () => Promise<void>): Promise<void> {
    clearTimeout(this.#unsaved.get(conversation));
    this.#unsaved.delete(conversation);
    this.#keep(conversation, "");
    this.#sending.set(conversation, (this.#sending.get(conversation) ?? 0) + 1);
    try {
      await send();
    } finally {
      this.#sending.set(conversation, (this.#sending.get(conversation) ?? 1) - 1);
    }
  }

  /** Gives the agent at once what it does not have. */
  flush(): void {
    for (const conversation of [...this.#unsaved.keys()]) this.#save(conversation);
  }

  /** Forgets everything, here. */
  clear(): void {
    for (const timer of this.#unsaved.values()) clearTimeout(timer);
    this.#unsaved.clear();
    this.#texts.clear();
  }

  take(event: Event): void {
    if (event.snapshot) {
      const told = new Map(event.snapshot.drafts?.map((d) => [d.conversation, d.text]));
      for (const id of new Set([...this.#texts.keys(), ...told.keys()])) {
        this.#told(id, told.get(id) ?? "");
      }
      this.flush(); // what an agent before this one may not have kept
    } else if (event.draft) {
      this.#told(event.draft.conversation, event.draft.text);
    } else if (event.conversationRemoved) {
      const id = event.conversationRemoved;
      clearTimeout(this.#unsaved.get(id));
      this.#unsaved.delete(id);
      this.#told(id, "");
    }
  }

  /** Tells of drafts that were changed elsewhere. Returns the way to stop. */
  onChange(conversation: string, listener: (text: string) => void): () => void {
    const listeners = this.#listeners.get(conversation) ?? new Set();
    this.#listeners.set(conversation, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  #told(conversation: string, text: string): void {
    if (this.#unsaved.has(conversation) || (this.#sending.get(conversation) ?? 0) > 0) return;
    if (text === this.get(conversation)) return;
    this.#keep(conversation, text);
    for (const listener of this.#listeners.get(conversation) ?? []) listener(text);
  }

  #keep(conversation: string, text: string): void {
    if (text === "") this.#texts.delete(conversation);
    else this.#texts.set(conversation, text);
  }

  #save(conversation: string): void {
    clearTimeout(this.#unsaved.get(conversation));
    this.#unsaved.delete(conversation);
    const text = this.get(conversation);
    this.#client?.call("draft", { conversation, text }).catch(() => {
      // Kept here; the next agent is told again.
      if (this.get(conversation) === text && !this.#unsaved.has(conversation)) {
        this.#unsaved.set(conversation, undefined);
      }
    });
  }
}
