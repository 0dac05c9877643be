// The Worker that the agent runs in. It loads the Go program at once, starts
// it when its owner says so, and connects pages to it (names.ts).
import "../../../dist/wasm/wasm_exec.js";
import program from "../../../dist/wasm/petmail.wasm?url";
import { database, guardName, hold, plainDatabase, rootFile } from "./names";
import type { Ending } from "./supervisor";
import { type Attach, openSwitchboard } from "./switchboard";

/** What the owner says. */
export interface ToWorker {
  start: { version: string; restarted: boolean };
}

/** What the owner is told; ended is the last. */
export type FromWorker = { ready: true } | { ended: Ending["reason"] };

/** What wasm/cmd/petmail finds as petmailHost. */
interface PetmailHost {
  database: string;
  root: string;
  plain: string;
  version: string;
  restarted: boolean;
  ready(attach: Attach): void;
  failed(reason: "storage" | "busy" | "internal"): void;
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

async function start(version: string, restarted: boolean): Promise<void> {
  let module: WebAssembly.Module;
  try {
    module = await compiled;
  } catch {
    tell({ ended: "load" });
    return;
  }
  // Whatever else goes wrong, never two agents on one database.
  await hold(guardName);
  let reason: Ending["reason"] = "crashing";
  const host: PetmailHost = {
    database,
    root: rootFile,
    plain: plainDatabase,
    version,
    restarted,
    ready: (attach) => void openSwitchboard(attach).then(() => tell({ ready: true })),
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
  void start(data.start.version, data.start.restarted);
};
