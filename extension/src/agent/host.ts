import { hold, type LobbyMessage, leaderName, lobbyName } from "./names";
import { type Ending, supervise } from "./supervisor";
import type { FromWorker, ToWorker } from "./worker";

/**
 * Runs the agent in a Worker of this page, as soon as no other page of this
 * origin does, and for as long as this page lives. erased clears what the
 * platform keeps of a Petmail that was deleted.
 */
export function startHost(version: string, erased: () => Promise<void>): void {
  void lead(version, erased);
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

async function lead(version: string, erased: () => Promise<void>): Promise<void> {
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
      const worker = prepared ?? newWorker();
      prepared = undefined;
      const ending = await run(worker, { start: { version, restarted } });
      // Before a new one begins: it must find nothing of the old.
      if (ending.reason === "erased") await erased().catch(() => undefined);
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
async function run(worker: Worker, start: ToWorker): Promise<Ending> {
  let ready = false;
  const reason = await new Promise<Ending["reason"]>((resolve) => {
    worker.onmessage = ({ data }: { data: FromWorker }) => {
      if ("ready" in data) ready = true;
      else resolve(data.ended);
    };
    // Its script could not be loaded, or threw.
    worker.onerror = () => resolve(ready ? "crashing" : "load");
    worker.postMessage(start);
  });
  worker.terminate();
  return { ready, reason };
}
