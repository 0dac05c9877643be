// The Worker that the agent runs in. It loads the Go program at once, starts
// it when its owner says so, and connects pages to it (names.ts).
import "../../../dist/wasm/wasm_exec.js";
import program from "../../../dist/wasm/petmail.wasm?url";
import { database, guardName, hold, refusal, rootFile } from "./names";
import { openRoom } from "./room";
import type { Ending } from "./supervisor";
import { type Attach, openSwitchboard } from "./switchboard";

/** What the owner says. kept: a Petmail was here before. */
export interface ToWorker {
  start: { version: string; restarted: boolean; kept: boolean };
}

/**
 * What the owner is told; ended is the last. full: it waits for room on the
 * disk. roomy: there is room for the files of the app, too.
 */
export type FromWorker =
  | { full: true }
  | { ready: true; roomy: boolean }
  | { ended: Ending["reason"] };

/** How often room is looked for on a full disk, in ms. */
const lookAgain = 5_000;

/** The room that the kept files of the app take, and something to spare, in bytes. */
const appFiles = 16 * 2 ** 20;

/** What wasm/cmd/petmail finds as petmailHost. */
interface PetmailHost {
  database: string;
  root: string;
  version: string;
  restarted: boolean;
  kept: boolean;
  room(): boolean;
  ready(attach: Attach): void;
  failed(reason: "storage" | "blocked" | "busy" | "internal"): void;
  ended(reason: "locked" | "erased"): void;
}

function tell(message: FromWorker): void {
  self.postMessage(message);
}

/** Compiles while it loads, where the server names the type rightly. */
async function compile(): Promise<WebAssembly.Module> {
  const response = await fetch(program);
  if (!response.ok) throw new Error(`couldn't load the program: status ${response.status}`);
  if (response.headers.get("Content-Type")?.startsWith("application/wasm")) {
    return WebAssembly.compileStreaming(response);
  }
  return WebAssembly.compile(await response.arrayBuffer());
}

const compiled = compile();
compiled.catch(() => undefined); // told by start

async function start({ version, restarted, kept }: ToWorker["start"]): Promise<void> {
  let module: WebAssembly.Module;
  try {
    module = await compiled;
  } catch {
    tell({ ended: "load" });
    return;
  }
  // Whatever else goes wrong, never two agents on one database.
  await hold(guardName);
  const room = await openRoom();
  while (!room()) {
    tell({ full: true });
    await new Promise((resolve) => setTimeout(resolve, lookAgain));
  }
  let reason: Ending["reason"] = "crashing";
  const host: PetmailHost = {
    database,
    root: rootFile,
    version,
    restarted,
    kept,
    room: () => room(),
    ready: (attach) =>
      void openSwitchboard(attach).then(() => tell({ ready: true, roomy: room(appFiles) })),
    failed: (why) => {
      reason = why === "internal" ? "crashing" : why;
    },
    ended: (why) => {
      reason = why;
    },
  };
  Object.assign(self, { petmailHost: host });
  const go = new Go();
  go.exit = () => undefined; // run resolves
  try {
    await go.run(await WebAssembly.instantiate(module, go.importObject));
  } finally {
    tell({ ended: reason });
  }
}

self.onmessage = ({ data }: { data: ToWorker }) => {
  start(data.start).catch((error) => tell({ ended: refusal(error) }));
};
