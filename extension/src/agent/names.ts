// How pages and the agent's Worker find each other. All of one origin meet in
// a lobby (a BroadcastChannel); each page then talks to the Worker over a
// channel of its own. Web Locks say who lives: everybody holds one under a
// name of its own for as long as it runs, and whoever waits for it is told of
// the end, a crash included.
//
//   page                     lobby                    Worker
//    |  {client} ─────────────▶ ──────────────────────▶ |
//    |  ◀────────────── {welcome} on the page's channel |
//    |  requests ▶ ◀ replies and events, on the same    |
//
// A Worker that has become ready says {agent} in the lobby, and the pages ask
// again.

/** What may be said in the lobby. */
export type LobbyMessage =
  /** A page wants to be connected. kinds: it knows those of events (older.ts). */
  | { client: string; kinds?: true }
  /** A Worker is ready for pages. */
  | { agent: string }
  /** The Worker's owner: it crashed and comes again, or was given up. */
  | { host: "restarting" | "unavailable"; reason: string };

/** The Worker's first message on a page's channel; all others are JSON texts. */
export interface Welcome {
  welcome: string;
}

/** The longest request, as wasm/jsapi has it (there in bytes). */
export const maxRequest = 128 * 1024;

/** The IndexedDB database under the vault: sealed records only. */
export const database = "petmail-vault";

/** The file of the vault's root, in the origin's private file system. */
export const rootFile = "petmail-root";

export const lobbyName = "petmail/lobby";

/** The channel of a page, and the lock that it holds while it lives. */
export function clientName(client: string): string {
  return `petmail/client/${client}`;
}

/** The lock that a Worker holds while it lives. */
export function agentName(agent: string): string {
  return `petmail/agent/${agent}`;
}

/** The lock of the only Worker that may use the database. */
export const guardName = "petmail/agent";

/** The lock of the only owner of a Worker. */
export const leaderName = "petmail/leader";

/**
 * Takes a lock and keeps it. Resolves once it is held, with the way to let it
 * go; without that it is held until this page or Worker ends.
 */
export function hold(name: string): Promise<() => void> {
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(name, () => new Promise<void>((release) => resolve(release)))
      .catch(reject);
  });
}

/** Resolves when whoever holds the lock has ended. */
export async function ended(name: string): Promise<void> {
  await navigator.locks.request(name, () => undefined);
}

/**
 * Why the browser has refused what every page needs: SecurityError is what
 * those say that are set to keep nothing of a site.
 */
export function refusal(error: unknown): "blocked" | "unsupported" {
  return error instanceof Error && error.name === "SecurityError" ? "blocked" : "unsupported";
}
