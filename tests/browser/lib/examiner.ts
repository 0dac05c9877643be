import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { root, temporaryFolder } from "./paths.ts";

/** What is to be examined (tests/forensic/examine). */
export interface Task {
  folders: string[];
  images: string[];
  dumps: string[];
  passphrase: string;
  /** Texts to look for, by a name for each. */
  texts: Record<string, string>;
  envelopes: string;
}

export interface Report {
  windows: number;
  bytes: number;
  seconds: number;
  records: number;
  opened: number;
  slots: number;
  roots: number;
  /** Names of the texts in what was decrypted. */
  read: string[];
  clear: { text: string; file: string; offset: number; form: string }[] | null;
  traffic: {
    groups: number;
    ours: number;
    messages: number;
    /** Places in the list of envelopes that a group's state still decrypts. */
    read: number[] | null;
    welcomes: number;
    /** The same for Welcomes that an init key still opens. */
    entered: number[] | null;
  };
}

/** The examiner, built for one test. */
export class Examiner {
  private constructor(
    private readonly program: string,
    readonly remove: () => Promise<void>,
  ) {}

  static async hire(): Promise<Examiner> {
    const folder = await temporaryFolder("examiner");
    const program = join(folder.path, "examine");
    await promisify(execFile)(process.env.GO ?? "go", ["build", "-o", program, "./tests/forensic/examine"], {
      cwd: root,
    });
    return new Examiner(program, folder.remove);
  }

  async examine(task: Task): Promise<Report> {
    const child = spawn(this.program, { stdio: ["pipe", "pipe", "inherit"] });
    child.stdin.end(JSON.stringify(task));
    const [output, [code]] = await Promise.all([text(child.stdout), once(child, "close")]);
    if (code !== 0) throw new Error(`the examiner ended with ${code}`);
    const report: Report = JSON.parse(output);
    const speed = Math.round((report.seconds / Math.max(report.windows, 1)) * 1e9);
    console.log(
      `examined ${(report.bytes / 2 ** 20).toFixed(0)} MiB in ${report.seconds.toFixed(1)} s:` +
        ` ${report.windows} windows (${speed} ns each), ${report.opened} of ${report.records} records opened,` +
        ` ${report.traffic.ours} envelopes, ${report.traffic.groups} groups`,
    );
    return report;
  }
}
