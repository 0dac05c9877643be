import type { Reason } from "./types";

/**
 * How a Worker ended: ready tells whether it had run. locked and erased are on
 * purpose: the memory of the Worker goes with it.
 */
export interface Ending {
  ready: boolean;
  reason: Exclude<Reason, "slow" | "full"> | "locked" | "erased";
}

/** What supervise acts through. */
export interface Supervised {
  /** Runs one Worker until it ends. */
  run(restarted: boolean): Promise<Ending>;
  /** Tells pages that the agent comes again, or does not. */
  announce(state: "restarting" | "unavailable", reason: Reason): void;
  /** Waits for a number of ms. */
  delay(ms: number): Promise<void>;
  /** Resolves when somebody asks for an agent that was given up. */
  asked(): Promise<void>;
  /** The time in ms. */
  now(): number;
}

/** This many ends within the window, and the agent is given up. */
const maxEnds = 5;
const window = 60_000;

/** Waits before the next Worker, in ms; the last one holds on. */
const backoff = [0, 250, 1_000, 2_500];

/**
 * A given-up agent is tried again when asked for, yet not sooner than after
 * this many ms, doubling to the second number each time that it is given up.
 */
const rest = 15_000;
const longestRest = 120_000;

/** An agent that has run for so many ms is not one that cannot run. */
const calm = 600_000;

/**
 * Keeps an agent running: a Worker that ends is replaced by a new one, since a
 * Go program that has ended leaves sockets and timers behind that only the
 * end of its Worker ends.
 */
export async function supervise(host: Supervised): Promise<never> {
  let ends: number[] = [];
  let restarted = false;
  let wait = rest;
  for (;;) {
    const began = host.now();
    const { ready, reason } = await host.run(restarted);
    if (host.now() - began >= calm) wait = rest;
    if (reason === "locked" || reason === "erased") {
      restarted = false;
      continue;
    }
    restarted = ready;
    const now = host.now();
    ends = ends.filter((end) => end > now - window);
    ends.push(now);
    if (ends.length < maxEnds) {
      host.announce("restarting", reason);
      await host.delay(backoff[Math.min(ends.length, backoff.length) - 1] ?? 0);
      continue;
    }
    host.announce("unavailable", reason);
    const asked = host.asked();
    await host.delay(wait);
    wait = Math.min(2 * wait, longestRest);
    await asked;
    ends = [];
    restarted = false;
  }
}
