import type { AgentClient } from "../../agent/types";
import type { Settings } from "../../api";

/**
 * Changes of the settings. The agent takes them all at once, so a change made
 * before the answer to another one carries that along.
 */
export class Changes {
  #wanted: Partial<Settings> = {};
  #under = 0;

  /** known gives the settings as the agent last told them. */
  constructor(
    readonly client: AgentClient,
    readonly known: () => Settings | undefined,
  ) {}

  /** Rejects with an AgentError; then nothing of it has changed. */
  async make(change: Partial<Settings>): Promise<void> {
    const known = this.known();
    if (!known) return;
    const before = this.#wanted;
    this.#wanted = { ...before, ...change };
    this.#under++;
    try {
      await this.client.call("settings", { ...known, ...this.#wanted });
    } catch (refusal) {
      this.#wanted = before;
      throw refusal;
    } finally {
      if (--this.#under === 0) this.#wanted = {};
    }
  }
}
