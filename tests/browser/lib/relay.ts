import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { built, temporaryFolder } from "./paths.ts";

/** The real relay binary, on a free port of this machine, with data of its own. */
export class Relay {
  /** Where it is reached, without a slash at the end. */
  url = "";
  private process: ChildProcess | undefined;
  private output = "";

  private constructor(
    private readonly folder: { path: string; remove(): Promise<void> },
    private readonly environment: Record<string, string>,
  ) {}

  static async start(environment: Record<string, string> = {}): Promise<Relay> {
    const relay = new Relay(await temporaryFolder("relay"), environment);
    await relay.up();
    return relay;
  }

  /**
   * Starts it, on the port and with the data it had before if it ran before;
   * another program than the one of today is a relay with an older web app.
   */
  async up(program = built.relay): Promise<void> {
    const address = this.url ? new URL(this.url).host : "localhost:0";
    const child = spawn(program, [], {
      env: { ...process.env, PETMAIL_ADDR: address, PETMAIL_DATA: this.folder.path, ...this.environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.process = child;
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.output += text;
    });
    this.url = await new Promise<string>((resolve, reject) => {
      let line = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        this.output += text;
        line += text;
        const link = /https?:\/\/[^\s/]+/.exec(line);
        if (link && line.includes("\n")) resolve(link[0]);
      });
      child.once("error", reject);
      child.once("exit", (code) => reject(new Error(`the relay ended with ${code}: ${this.output}`)));
    });
  }

  /** Ends it as an operator would. */
  async down(): Promise<void> {
    await this.end("SIGTERM");
  }

  /** Ends it as a power cut would. */
  async kill(): Promise<void> {
    await this.end("SIGKILL");
  }

  /** Ends it as an operator would, and starts it, or another program in its place. */
  async restart(program = built.relay): Promise<void> {
    await this.down();
    await this.up(program);
  }

  /** What it counts (docs/operating.md): the value of a metric, such as `deposits_total{result="nobody"}`. */
  async metric(name: string): Promise<number> {
    const response = await fetch(`${this.url}/metrics`);
    const line = (await response.text()).split("\n").find((line) => line.startsWith(`petmail_${name} `));
    return Number(line?.split(" ")[1] ?? Number.NaN);
  }

  /** Everything it has written to its log so far. */
  logs(): string {
    return this.output;
  }

  /** Ends it and forgets its data. */
  async close(): Promise<void> {
    await this.end("SIGTERM");
    await this.folder.remove();
  }

  private async end(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    const child = this.process;
    this.process = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill(signal);
    await ended;
  }
}
