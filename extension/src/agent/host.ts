import { hold, type LobbyMessage, leaderName, lobbyName } from "./names";
import { type Ending, supervise } from "./supervisor";
import type { FromWorker, ToWorker } from "./worker";

/** What the host of an agent needs of the platform. */
export interface Surroundings {
  version: string;
  /** Whether the platform remembers that a Petmail was here. */
  kept(): boolean;
  /** The agent runs. roomy: the disk has room for more than its records. */
  ready?(roomy: boolean): void;
  /** Clears what the platform keeps of a Petmail that was deleted. */
  erased(): Promise<void>;
}

/**
 * Runs the agent in a Worker of this page, as soon as no other page of this
 * origin does, and for as long as this page lives. Where the browser refuses
 * what that takes, it refuses the clients of this origin, too, which say so.
 */
export function startHost(around: Surroundings): void {
  lead(around).catch(() => undefined);
}

/**
 * Has a Worker load and compile the program and then wait, unless another page
 * runs one already. For a page that will need the agent soon.
 */
export async function prepareHost(): Promise<void> {
  const { held } = await navigator.locks.query();
  if (held?.some((lock) => lock.name === leaderName)) return;
  prepared ??= newWorker();
}

let prepared: Worker | undefined;

function newWorker(): Worker {
  return new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "petmail" });
}

async function lead(around: Surroundings): Promise<void> {
  await hold(leaderName);
  const lobby = new BroadcastChannel(lobbyName);
  let given: LobbyMessage | undefined;
  let asked: (() => void) | undefined;
  lobby.onmessage = ({ data }: { data: LobbyMessage }) => {
    if (!("client" in data) || !given) return;
    lobby.postMessage(given);
    asked?.();
  };
  await supervise({
    run: async (restarted) => {
      given = undefined;
      const start = { version: around.version, restarted, kept: around.kept() };
      const ending = await run({ start }, (told) => {
        given = undefined;
        if ("full" in told) {
          given = { host: "unavailable", reason: "full" };
          lobby.postMessage(given);
        } else if ("ready" in told) {
          around.ready?.(told.roomy);
        }
      });
      // Before a new one begins: it must find nothing of the old.
      if (ending.reason === "erased") await around.erased().catch(() => undefined);
      return ending;
    },
    announce: (host, reason) => {
      const message: LobbyMessage = { host, reason };
      if (host === "unavailable") given = message;
      lobby.postMessage(message);
    },
    delay: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    asked: () =>
      new Promise((resolve) => {
        asked = resolve;
      }),
    now: () => Date.now(),
  });
}

/** Runs a Worker until it ends, and ends all that it left. */
async function run(start: ToWorker, told: (message: FromWorker) => void): Promise<Ending> {
  let ready = false;
  let worker: Worker;
  try {
    worker = prepared ?? newWorker();
  } catch {
    return { ready, reason: "unsupported" };
  }
  prepared = undefined;
  const reason = await new Promise<Ending["reason"]>((resolve) => {
    worker.onmessage = ({ data }: { data: FromWorker }) => {
      told(data);
      if ("ready" in data) ready = true;
      else if ("ended" in data) resolve(data.ended);
    };
    // Its script could not be loaded, or threw.
    worker.onerror = () => resolve(ready ? "crashing" : "load");
    worker.postMessage(start);
  });
  worker.terminate();
  return { ready, reason };
}
