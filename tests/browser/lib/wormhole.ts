import { type ChildProcess, spawn } from "node:child_process";
import { temporaryFolder } from "./paths.ts";

/** How long a program may take on a busy machine, in milliseconds. */
const PATIENCE = 120_000;

/** Debian's wormhole, run by somebody at a terminal. */
export class Wormhole {
  private output = "";
  private readonly ended: Promise<number | null>;
  private heard: (() => void)[] = [];

  private constructor(
    child: ChildProcess,
    private readonly folder: { remove(): Promise<void> },
  ) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.output += text;
        for (const tell of this.heard.splice(0)) tell();
      });
    }
    this.ended = new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
  }

  /** Types a command, as Petmail shows it, with more words after it. */
  static async type(command: string, ...more: string[]): Promise<Wormhole> {
    const [program = "", ...words] = command.split(" ");
    const folder = await temporaryFolder("wormhole");
    const environment = { ...process.env, HOME: folder.path, PYTHONUNBUFFERED: "1", LC_ALL: "C.UTF-8" };
    const options = { cwd: folder.path, env: environment, timeout: PATIENCE };
    return new Wormhole(spawn(program, [...words, ...more], options), folder);
  }

  /** The code that it shows. */
  async code(): Promise<string> {
    for (;;) {
      const code = /\b\d+-[a-z]+-[a-z]+\b/.exec(this.output)?.[0];
      if (code) return code;
      const more = new Promise<void>((resolve) => this.heard.push(resolve));
      const over = this.ended.then(() => {
        throw new Error(`wormhole shows no code: ${this.output}`);
      });
      await Promise.race([more, over]);
    }
  }

  /** Waits until it ends: whether it worked, and all that it said. */
  async end(): Promise<{ worked: boolean; said: string }> {
    const status = await this.ended;
    await this.folder.remove();
    return { worked: status === 0, said: this.output };
  }
}
