import { batch, signal } from "@preact/signals";
import type { AgentClient } from "../../agent/types";
import type { Event, Message } from "../../api";
import {
  atTail,
  empty,
  showNewer,
  showOlder,
  tail,
  type Window,
  withMessage,
  withNewest,
  withOlder,
  withoutMessage,
} from "./window";

/** Messages in the first page, and in each page of older ones. */
const FIRST = 80;
const OLDER = 120;
const MAX_PAGE = 200;

export type Loading = "loading" | "loaded" | "failed";

/** With so many lines below it, a new message may be out of sight. */
const BURIED = 4;

/** At most so many pages are read to reach a line. */
const REACH = 20;

/** A text on its way to the agent. */
export interface Pending {
  key: string;
  text: string;
  time: number;
}

/** The messages of one conversation, as far as they are shown. */
export class Messages {
  readonly window = signal<Window>(empty);
  readonly loading = signal<Loading>("loading");
  /** Sent from here and not yet stored by the agent: it starts, or is slow. */
  readonly pending = signal<readonly Pending[]>([]);
  /** Received while the reader was not at the newest. */
  readonly missed = signal(0);
  /** Received and standing further up than what the reader looks at. */
  readonly above = signal(0);
  /** The newest received a moment ago, for those who listen. */
  readonly heard = signal<Message | undefined>(undefined);
  /** The cursor of the first message that was new to the reader, or "". */
  readonly marker = signal("");
  /** Whether the reader is at the newest; the list says so. */
  readonly following = signal(true);

  readonly #client: AgentClient;
  readonly #conversation: string;
  readonly #stop: () => void;
  readonly #reading: () => boolean;
  #unread: number;
  #paging = false;
  #generation = 0;
  #keys = 0;

  /**
   * unread is the conversation's count now; reading tells whether the reader
   * can see the page.
   */
  constructor(client: AgentClient, conversation: string, unread: number, reading: () => boolean) {
    this.#client = client;
    this.#conversation = conversation;
    this.#unread = unread;
    this.#reading = reading;
    this.#stop = client.onEvent((event) => this.take(event));
    void this.load(Math.min(MAX_PAGE, FIRST + unread));
  }

  close(): void {
    this.#generation++;
    this.#stop();
  }

  /** Reads the newest messages, at first or anew. */
  async load(limit = MAX_PAGE): Promise<void> {
    const generation = ++this.#generation;
    if (this.loading.value === "failed") this.loading.value = "loading";
    try {
      const page = await this.#client.call("messages", {
        conversation: this.#conversation,
        before: "",
        limit,
      });
      if (generation !== this.#generation) return;
      batch(() => {
        this.window.value = withNewest(this.window.value, page.messages, page.more);
        this.loading.value = "loaded";
        if (this.#unread > 0) this.marker.value = firstOfUnread(page.messages, this.#unread);
        this.above.value = 0;
      });
    } catch {
      // What is shown already stays; another snapshot comes with the agent.
      if (generation === this.#generation && this.loading.value === "loading")
        this.loading.value = "failed";
    }
  }

  /** Shows older messages, from memory or from the agent. */
  async older(): Promise<void> {
    const w = this.window.value;
    if (w.start > 0) {
      this.window.value = showOlder(w);
      return;
    }
    const first = w.messages[0];
    if (!w.more || !first || this.#paging) return;
    this.#paging = true;
    const generation = this.#generation;
    try {
      const page = await this.#client.call("messages", {
        conversation: this.#conversation,
        before: first.cursor,
        limit: OLDER,
      });
      // Meanwhile others may have been forgotten or read anew.
      if (generation !== this.#generation || this.window.value.messages[0]?.cursor !== first.cursor)
        return;
      this.window.value = withOlder(this.window.value, page.messages, page.more);
    } catch {
      // Scrolling on asks again.
    } finally {
      this.#paging = false;
    }
  }

  /** Has the first new line drawn, so that it can be scrolled to. */
  async reach(): Promise<void> {
    for (let i = 0; i < REACH && this.marker.value !== ""; i++) {
      const w = this.window.value;
      const drawn = w.messages.slice(w.start, w.end);
      if (drawn.some((m) => m.cursor === this.marker.value)) break;
      await this.older();
      if (this.window.value === w) break;
    }
    batch(() => {
      this.following.value = false;
      this.above.value = 0;
    });
  }

  newer(): void {
    if (!atTail(this.window.value)) this.window.value = showNewer(this.window.value);
  }

  newest(): void {
    batch(() => {
      this.following.value = true;
      this.missed.value = 0;
      this.window.value = tail(this.window.value);
    });
  }

  /** Tells the agent that all is read, if it is not yet. */
  async read(): Promise<void> {
    this.#unread = 0;
    // A read mark that got lost is made up for by the next one.
    await this.#client.call("read", { conversation: this.#conversation }).catch(() => undefined);
  }

  /** Sends a text, which was the draft of that id; rejects with an AgentError. */
  async send(text: string, draft = ""): Promise<void> {
    const one: Pending = { key: `pending-${this.#keys++}`, text, time: Date.now() };
    batch(() => {
      this.marker.value = "";
      this.above.value = 0;
      this.pending.value = [...this.pending.value, one];
      this.newest();
    });
    try {
      const message = await this.#client.call("send", {
        conversation: this.#conversation,
        text,
        draft,
      });
      this.#add(message, false);
    } finally {
      this.pending.value = this.pending.value.filter((other) => other !== one);
    }
  }

  #removed(message: string): void {
    batch(() => {
      this.window.value = withoutMessage(this.window.value, message);
      if (this.heard.value?.id === message) this.heard.value = undefined;
    });
  }

  /** All that was said is gone; what came since is read again. */
  #cleared(): void {
    batch(() => {
      this.window.value = empty;
      this.heard.value = undefined;
      this.missed.value = 0;
      this.above.value = 0;
      this.marker.value = "";
      this.#unread = 0;
    });
    void this.load();
  }

  /** Takes an event, or what an answer tells before its event comes. */
  take(event: Event): void {
    switch (event.kind) {
      case "snapshot":
        if (this.loading.value !== "loading") void this.load();
        break;
      case "message":
        if (event.data.conversation !== this.#conversation) break;
        this.#add(event.data.message, event.data.fresh);
        break;
      case "messageRemoved":
        if (event.data.conversation === this.#conversation) this.#removed(event.data.message);
        break;
      case "conversationCleared":
        if (event.data === this.#conversation) this.#cleared();
        break;
    }
  }

  #add(message: Message, fresh: boolean): void {
    // Before the first page is here it is part of that page.
    if (this.loading.value !== "loaded") return;
    batch(() => {
      const before = this.window.value;
      this.window.value = withMessage(before, message, this.following.value);
      if (message.id === this.heard.value?.id) this.heard.value = undefined;
      if (message.mine) this.#stored(message.text);
      if (!fresh) return;
      this.heard.value = message;
      if (below(this.window.value, message) >= BURIED) {
        this.above.value++;
        if (!this.marker.value || message.cursor < this.marker.value)
          this.marker.value = message.cursor;
        this.#unread++;
        return;
      }
      if (!this.following.value) this.missed.value++;
      if (this.following.value && this.#reading()) return;
      if (this.#unread === 0) this.marker.value = message.cursor;
      this.#unread++;
    });
  }

  /** The event of a message we sent came before the answer. */
  #stored(text: string): void {
    const one = this.pending.value.find((other) => other.text === text);
    if (one) this.pending.value = this.pending.value.filter((other) => other !== one);
  }
}

/** How many lines stand below a message. */
function below(w: Window, message: Message): number {
  let count = 0;
  for (let i = w.messages.length - 1; i >= 0; i--) {
    const other = w.messages[i];
    if (!other || other.cursor <= message.cursor) break;
    count++;
  }
  return count;
}

/** The cursor of the first of the last received messages, or "". */
function firstOfUnread(messages: readonly Message[], unread: number): string {
  const first = messages.find((m) => m.unread);
  if (first) return first.cursor;
  let left = unread;
  for (let i = messages.length - 1; i >= 0; i--) {
    const message = messages[i];
    if (message && !message.mine && --left === 0) return message.cursor;
  }
  return "";
}
