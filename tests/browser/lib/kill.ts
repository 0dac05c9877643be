import { readdir, readFile } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";

interface Process {
  pid: number;
  parent: number;
  command: string;
}

/** Every process of this machine that can be looked at. */
async function processes(): Promise<Process[]> {
  const found: Process[] = [];
  for (const name of await readdir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const [stat, command] = await Promise.all([
        readFile(`/proc/${name}/stat`, "utf8"),
        readFile(`/proc/${name}/cmdline`, "utf8"),
      ]);
      // The name of the program stands in parentheses and may hold anything.
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      if (fields[0] === "Z") continue;
      found.push({ pid: Number(name), parent: Number(fields[1]), command });
    } catch {
      // It has ended.
    }
  }
  return found;
}

/** The processes of the browser that runs on a profile, with all their children. */
async function ofProfile(profile: string): Promise<number[]> {
  const all = await processes();
  const found = new Set(
    all.filter((one) => one.pid !== process.pid && one.command.includes(profile)).map((one) => one.pid),
  );
  for (let before = -1; before !== found.size; ) {
    before = found.size;
    for (const one of all) if (found.has(one.parent)) found.add(one.pid);
  }
  return [...found];
}

/** How long killed processes may take to be gone, in milliseconds. */
const PATIENCE = 60_000;

/** Kills a browser as a power cut does, and waits until nothing of it runs. */
export async function killBrowser(profile: string): Promise<void> {
  const end = Date.now() + PATIENCE;
  for (;;) {
    const alive = await ofProfile(profile);
    if (alive.length === 0) return;
    if (Date.now() > end) throw new Error("the browser does not die");
    for (const pid of alive) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It has ended.
      }
    }
    await setTimeout(20);
  }
}
