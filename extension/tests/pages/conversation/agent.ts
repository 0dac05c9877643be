import type { AgentClient, AgentError } from "../../../src/agent/types";
import type { Event, Message, MessagesArgs, MessagesPage, SendArgs } from "../../../src/api";
import { message } from "./made";

/** An agent with the one conversation "c" in memory, which answers as told. */
export class Agent {
  stored: Message[];
  calls: { command: string; args: unknown }[] = [];
  /** Answers wait for it. */
  gate: Promise<void> = Promise.resolve();
  refuse: AgentError | undefined;
  readonly #listeners = new Set<(event: Event) => void>();

  constructor(stored: Message[]) {
    this.stored = stored;
  }

  readonly client = {
    call: async (command: string, args: unknown) => {
      this.calls.push({ command, args });
      await this.gate;
      if (this.refuse) throw this.refuse;
      if (command === "messages") return this.#page(args as MessagesArgs);
      if (command === "send") return this.#send((args as SendArgs).text);
      if (command === "safety") return { words: [..."abcdefghijkl"], verified: false };
      return {};
    },
    onEvent: (listener: (event: Event) => void) => {
      this.#listeners.add(listener);
      return () => this.#listeners.delete(listener);
    },
    onState: () => () => undefined,
  } as unknown as AgentClient;

  /** How often a command came. */
  count(command: string): number {
    return this.calls.filter((call) => call.command === command).length;
  }

  /** What the last such command asked for. */
  last(command: string): unknown {
    return this.calls.filter((call) => call.command === command).at(-1)?.args;
  }

  emit(event: Event): void {
    for (const listener of this.#listeners) listener(event);
  }

  receive(n: number): void {
    const received = message(n, { mine: false, state: "received" });
    this.stored = [...this.stored, received];
    this.emit({ kind: "message", data: { conversation: "c", message: received, fresh: true } });
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  #page({ before, limit }: MessagesArgs): MessagesPage {
    const all = this.stored.filter((m) => before === "" || m.cursor < before);
    return { messages: all.slice(-limit), more: all.length > limit };
  }

  #send(text: string): Message {
    const sent = message(this.stored.length * 2 + 1, { text, mine: true, state: "sending" });
    this.stored = [...this.stored, sent];
    this.emit({ kind: "message", data: { conversation: "c", message: sent, fresh: false } });
    return sent;
  }
}
