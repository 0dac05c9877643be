import type { Commands, ErrorCode, Event } from "../api";

/**
 * How the agent is, seen from a page:
 * starting: not reached yet, or its tab has closed and another takes over ·
 * ready · restarting: it crashed · unavailable: given up, see the reason.
 */
export type AgentState = "starting" | "ready" | "restarting" | "unavailable";

/**
 * Why the agent is unavailable: the browser lacks something it needs; it is
 * set to keep nothing of this site; the program could not be loaded; the
 * browser refuses to store; the disk is full, and there will be an agent as
 * soon as there is room; it crashed again and again; another agent holds the
 * vault; nothing is known, only that it has taken too long.
 */
export type Reason =
  | "unsupported"
  | "blocked"
  | "load"
  | "storage"
  | "full"
  | "crashing"
  | "busy"
  | "slow";

/**
 * Besides the agent's own codes. lost: the agent ended before it answered, so
 * the command may or may not have had its effect; look before trying again ·
 * unavailable: never sent, nothing has changed.
 */
export type CallErrorCode = ErrorCode | "lost" | "unavailable";

/** A command that was refused or lost. */
export class AgentError extends Error {
  readonly code: CallErrorCode;

  constructor(code: CallErrorCode, message: string) {
    super(message);
    this.name = "AgentError";
    this.code = code;
  }
}

/** A page's way to the agent. It says hello by itself, again after each restart. */
export interface AgentClient {
  /**
   * Sends a command; while the agent starts, it waits. Rejects with an
   * AgentError.
   */
  call<C extends keyof Commands>(
    command: C,
    args: Commands[C]["args"],
  ): Promise<Commands[C]["result"]>;

  /**
   * Subscribes to events; the first is a snapshot, and another comes whenever
   * the agent was reached anew: it replaces everything. Subscribe in the same
   * turn that gave the client, or call "hello". Returns the way to stop.
   */
  onEvent(listener: (event: Event) => void): () => void;

  /** Subscribes to the state; called at once with the present one. */
  onState(listener: (state: AgentState, reason?: Reason) => void): () => void;
}
