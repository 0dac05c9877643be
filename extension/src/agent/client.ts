import type { Command, Commands, Event, Reply } from "../api";
import {
  agentName,
  clientName,
  ended,
  hold,
  type LobbyMessage,
  lobbyName,
  maxRequest,
  refusal,
  type Welcome,
} from "./names";
import { heard } from "./older";
import { type AgentClient, AgentError, type AgentState, type Reason } from "./types";

/** Commands that wait for the agent at most; beyond, something is wrong. */
const maxWaiting = 64;

/** How long a command waits for the agent before it is refused, in ms. */
const patience = 30_000;

/** How long until a refused hello is tried again, in ms. */
const helloAgain = 3_000;

/** How long an agent may take to come before the person is told, in ms. */
const tooLong = 30_000;

/** How often the agent's owner is woken while it does not answer, in ms. */
const wakeAgain = 5_000;

export interface ConnectOptions {
  /** Makes sure that somebody runs the agent; called while it does not answer. */
  wake?: () => Promise<void>;
}

/** Connects this page to the agent, wherever it runs. */
export function connect(options: ConnectOptions = {}): AgentClient {
  return new Client(options);
}

interface Call {
  text: string;
  sent: boolean;
  resolve: (result: unknown) => void;
  reject: (error: AgentError) => void;
  timer: ReturnType<typeof setTimeout> | undefined;
}

/** One life of a page's channel, from opening to pagehide. */
interface Line {
  client: string;
  channel: BroadcastChannel;
  lobby: BroadcastChannel;
  release: (() => void) | undefined;
}

class Client implements AgentClient {
  readonly #wake: (() => Promise<void>) | undefined;
  readonly #events = new Set<(event: Event) => void>();
  readonly #states = new Set<(state: AgentState, reason?: Reason) => void>();
  readonly #calls = new Map<number, Call>();
  #lastId = 0;
  #line: Line | undefined;
  #agent: string | undefined; // that welcomed us
  #state: AgentState = "starting";
  #reason: Reason | undefined;
  #waking: ReturnType<typeof setInterval> | undefined;
  #coming: ReturnType<typeof setTimeout> | undefined;

  constructor(options: ConnectOptions) {
    this.#wake = options.wake;
    if (!navigator.locks || typeof BroadcastChannel === "undefined") {
      this.#setState("unavailable", "unsupported");
      return;
    }
    this.#await();
    void this.#open();
    // A page that the browser keeps for its back button must not keep a
    // channel: it would miss events.
    globalThis.addEventListener?.("pagehide", () => this.#shut());
    globalThis.addEventListener?.("pageshow", (event) => {
      if ((event as PageTransitionEvent).persisted && !this.#line) void this.#open();
    });
  }

  call<C extends keyof Commands>(
    command: C,
    args: Commands[C]["args"],
  ): Promise<Commands[C]["result"]> {
    return this.#request(command, args) as Promise<Commands[C]["result"]>;
  }

  onEvent(listener: (event: Event) => void): () => void {
    this.#events.add(listener);
    return () => this.#events.delete(listener);
  }

  onState(listener: (state: AgentState, reason?: Reason) => void): () => void {
    this.#states.add(listener);
    listener(this.#state, this.#reason);
    return () => this.#states.delete(listener);
  }

  #request(command: Command, args: unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#state === "unavailable") {
        reject(new AgentError("unavailable", "the agent cannot run"));
        return;
      }
      const id = ++this.#lastId;
      const text = JSON.stringify({ id, command, args });
      if (text.length > maxRequest) {
        reject(new AgentError("bad_request", "over the size limit"));
        return;
      }
      const call: Call = { text, sent: false, resolve, reject, timer: undefined };
      if (!this.#agent && this.#calls.size >= maxWaiting) {
        reject(new AgentError("unavailable", "too many commands wait for the agent"));
        return;
      }
      this.#calls.set(id, call);
      if (this.#agent) {
        this.#send(call);
        return;
      }
      call.timer = setTimeout(() => {
        this.#calls.delete(id);
        reject(new AgentError("unavailable", "the agent does not answer"));
      }, patience);
    });
  }

  #send(call: Call): void {
    clearTimeout(call.timer);
    call.sent = true;
    this.#line?.channel.postMessage(call.text);
  }

  /** Opens a channel and asks for the agent. */
  async #open(): Promise<void> {
    const client = crypto.randomUUID();
    let line: Line;
    try {
      line = {
        client,
        channel: new BroadcastChannel(clientName(client)),
        lobby: new BroadcastChannel(lobbyName),
        release: undefined,
      };
      this.#line = line;
      line.channel.onmessage = ({ data }) => this.#receive(line, data);
      line.lobby.onmessage = ({ data }) => this.#overhear(line, data);
      line.release = await hold(clientName(client));
    } catch (error) {
      this.#setState("unavailable", refusal(error));
      return;
    }
    if (this.#line !== line) {
      line.release();
      return;
    }
    this.#ask(line);
  }

  #ask(line: Line): void {
    const message: LobbyMessage = { client: line.client, kinds: true };
    line.lobby.postMessage(message);
    this.#keepWaking();
  }

  #keepWaking(): void {
    const wake = this.#wake;
    if (!wake || this.#waking !== undefined) return;
    const attempt = () => wake().catch(() => undefined); // the next attempt tells
    this.#waking = setInterval(attempt, wakeAgain);
    void attempt();
  }

  #stopWaking(): void {
    clearInterval(this.#waking);
    this.#waking = undefined;
  }

  /** Closes the channel; its lock, let go, tells the Worker. */
  #shut(): void {
    const line = this.#line;
    if (!line) return;
    this.#line = undefined;
    this.#stopWaking();
    line.channel.close();
    line.lobby.close();
    line.release?.();
    this.#lose("starting");
  }

  #overhear(line: Line, message: LobbyMessage): void {
    if (this.#line !== line) return;
    if ("agent" in message) {
      if (message.agent !== this.#agent && line.release) this.#ask(line);
    } else if ("host" in message) {
      this.#lose(message.host, message.reason as Reason);
    }
  }

  #receive(line: Line, message: Welcome | string): void {
    if (this.#line !== line) return;
    if (typeof message !== "string") {
      this.#welcomed(line, message.welcome);
      return;
    }
    const said = heard(message);
    if ("id" in said) {
      this.#answered(said);
    } else {
      this.#emit(said);
    }
  }

  #answered(reply: Reply): void {
    const call = this.#calls.get(reply.id);
    if (!call) return;
    this.#calls.delete(reply.id);
    if (reply.error) {
      call.reject(new AgentError(reply.error.code, reply.error.message));
    } else {
      call.resolve(reply.result);
    }
  }

  #welcomed(line: Line, agent: string): void {
    if (this.#agent === agent) return;
    if (this.#agent) this.#lose("starting");
    this.#agent = agent;
    if (this.#state === "unavailable") this.#setState("starting");
    this.#stopWaking();
    void ended(agentName(agent)).then(() => {
      if (this.#line === line && this.#agent === agent) {
        this.#lose("starting");
        // Whoever stands in may have been ready before we noticed.
        this.#ask(line);
      }
    });
    // The greeting goes first: commands count from the snapshot on.
    const waiting = [...this.#calls.values()].filter((call) => !call.sent);
    void this.#hello(line, agent);
    for (const call of waiting) this.#send(call);
  }

  async #hello(line: Line, agent: string): Promise<void> {
    try {
      const snapshot = await this.call("hello", {});
      if (this.#line !== line || this.#agent !== agent) return;
      this.#emit({ kind: "snapshot", data: snapshot });
      this.#setState("ready");
    } catch (error) {
      if (this.#line !== line || this.#agent !== agent) return;
      const code = error instanceof AgentError ? error.code : "internal";
      this.#setState("unavailable", code === "storage" ? "storage" : "crashing");
      setTimeout(() => {
        if (this.#line !== line || this.#agent !== agent) return;
        this.#setState("starting");
        void this.#hello(line, agent);
      }, helloAgain);
    }
  }

  /** The agent is gone: what it had not answered is lost. */
  #lose(state: AgentState, reason?: Reason): void {
    this.#agent = undefined;
    for (const [id, call] of this.#calls) {
      if (!call.sent && state !== "unavailable") continue;
      this.#calls.delete(id);
      clearTimeout(call.timer);
      call.reject(
        call.sent
          ? new AgentError("lost", "the agent ended before it answered")
          : new AgentError("unavailable", "the agent cannot run"),
      );
    }
    this.#setState(state, state === "unavailable" ? reason : undefined);
    if (this.#line && state !== "unavailable") this.#keepWaking();
  }

  #emit(event: Event): void {
    for (const listener of this.#events) listener(event);
  }

  /** Sees that nobody waits for ever for an agent that does not come. */
  #await(): void {
    this.#coming ??= setTimeout(() => {
      this.#coming = undefined;
      this.#setState("unavailable", "slow"); // it may come all the same
    }, tooLong);
  }

  #setState(state: AgentState, reason?: Reason): void {
    if (this.#state === state && this.#reason === reason) return;
    this.#state = state;
    this.#reason = reason;
    if (state === "starting" || state === "restarting") {
      this.#await();
    } else {
      clearTimeout(this.#coming);
      this.#coming = undefined;
    }
    for (const listener of this.#states) listener(state, reason);
  }
}
