import type { AgentClient } from "../../agent/types";
import { type Event, MaxDraft } from "../../api";
import type { Keeper, Kept } from "../lib/state";

/**
 * The agent is given what was typed soon after the first of it, unless it is
 * sent by then, and from then on so often, in ms.
 */
const SOON = 100;
const EVERY = 250;

/** How long a lock waits for the agent to keep what was typed, in ms. */
const SETTLE = 2_000;

/** Keeps what was written in this page. */
export const drafts: Keeper<Drafts> = (client) => new Drafts(client);

/**
 * What was written and not yet sent, by conversation. The agent keeps it, so
 * that it survives a reload and goes when the conversation goes; other pages
 * of the same Petmail show the same.
 */
export class Drafts implements Kept {
  readonly #client: AgentClient | undefined;
  readonly #texts = new Map<string, string>();
  /** What the agent calls them. */
  readonly #ids = new Map<string, string>();
  /** Where in a text was typed last. */
  readonly #carets = new Map<string, number>();
  /** When the agent was given them last, ms. */
  readonly #saved = new Map<string, number>();
  /** What the agent was given and has not answered for: what it tells meanwhile is older. */
  readonly #saving = new Map<Promise<void>, string>();
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
    // The agent may live in this very tab and end with it: the browser asks,
    // and meanwhile the agent stores.
    globalThis.addEventListener?.("beforeunload", (event) => {
      this.flush();
      if (this.#saving.size > 0) event.preventDefault();
    });
  }

  get(conversation: string): string {
    return this.#texts.get(conversation) ?? "";
  }

  /** Takes what was typed, the last of it before caret. */
  set(conversation: string, text: string, caret = text.length): void {
    if (text === this.get(conversation)) return;
    this.#keep(conversation, text);
    this.#carets.set(conversation, caret);
    if (this.#unsaved.get(conversation)) return; // it will be part of that
    const rest = (this.#saved.get(conversation) ?? 0) + EVERY - Date.now();
    this.#unsaved.set(
      conversation,
      setTimeout(() => this.#save(conversation), Math.min(Math.max(rest, SOON), EVERY)),
    );
  }

  /**
   * The text is being sent: the agent forgets the draft by itself. send is
   * given the draft's id, so that two pages do not send it twice.
   */
  async sending(conversation: string, send: (draft: string) => Promise<void>): Promise<void> {
    const id = this.#ids.get(conversation) ?? "";
    clearTimeout(this.#unsaved.get(conversation));
    this.#unsaved.delete(conversation);
    this.#ids.delete(conversation);
    this.#keep(conversation, "");
    this.#sending.set(conversation, (this.#sending.get(conversation) ?? 0) + 1);
    try {
      await send(id);
    } finally {
      this.#sending.set(conversation, (this.#sending.get(conversation) ?? 1) - 1);
    }
  }

  /** Gives the agent at once what it does not have. */
  flush(): void {
    for (const conversation of [...this.#unsaved.keys()]) this.#save(conversation);
  }

  /** Gives the agent what it does not have, and waits until it has it, for a while. */
  async settle(): Promise<void> {
    this.flush();
    const late = new Promise<void>((resolve) => setTimeout(resolve, SETTLE));
    await Promise.race([Promise.all(this.#saving.keys()), late]);
  }

  /** Forgets everything, here. */
  clear(): void {
    for (const timer of this.#unsaved.values()) clearTimeout(timer);
    this.#unsaved.clear();
    this.#texts.clear();
    this.#ids.clear();
    this.#carets.clear();
  }

  take(event: Event): void {
    if (event.kind === "snapshot") {
      const told = new Map(event.data.drafts?.map((d) => [d.conversation, d]));
      for (const id of new Set([...this.#texts.keys(), ...told.keys()])) {
        const draft = told.get(id);
        this.#told(id, draft?.text ?? "", draft?.id ?? "");
      }
      this.flush(); // what an agent before this one may not have kept
    } else if (event.kind === "draft") {
      this.#told(event.data.conversation, event.data.text, event.data.id);
    } else if (event.kind === "conversationRemoved") {
      const id = event.data;
      clearTimeout(this.#unsaved.get(id));
      this.#unsaved.delete(id);
      this.#told(id, "", "");
    }
  }

  /** Tells of drafts that were changed elsewhere. Returns the way to stop. */
  onChange(conversation: string, listener: (text: string) => void): () => void {
    const listeners = this.#listeners.get(conversation) ?? new Set();
    this.#listeners.set(conversation, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  #told(conversation: string, text: string, id: string): void {
    if ((this.#sending.get(conversation) ?? 0) > 0) return;
    if (id) this.#ids.set(conversation, id);
    else this.#ids.delete(conversation);
    if (this.#unsaved.has(conversation) || [...this.#saving.values()].includes(conversation))
      return;
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
    this.#saved.set(conversation, Date.now());
    const text = this.get(conversation);
    const saving = this.#client
      ?.call("draft", { conversation, text: kept(text, this.#carets.get(conversation)) })
      .then(
        () => {},
        () => {
          // Kept here; the next agent is told again.
          if (this.get(conversation) === text && !this.#unsaved.has(conversation)) {
            this.#unsaved.set(conversation, undefined);
          }
        },
      )
      .finally(() => this.#saving.delete(saving as Promise<void>));
    if (saving) this.#saving.set(saving, conversation);
  }
}

/** What of a text the agent keeps: all, or what is around the place typed at last. */
function kept(text: string, caret = text.length): string {
  const around = (units: number) => {
    const start = Math.max(0, Math.min(caret - units / 2, text.length - units));
    return text.slice(start, start + units).replace(/^[\udc00-\udfff]|[\ud800-\udbff]$/g, "");
  };
  const fits = (part: string) => new TextEncoder().encode(part).length <= MaxDraft;
  if (text.length <= MaxDraft && fits(text)) return text;
  const longest = around(MaxDraft);
  // A UTF-16 unit is at most three bytes.
  return fits(longest) ? longest : around(Math.floor(MaxDraft / 3));
}
