import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

/**
 * A cable to the relay that remembers what browsers sent over it and that can
 * be pulled. Loopback HTTP is plain, so what stands in a request can be read;
 * WebSocket frames are masked and only counted as bytes.
 */
export class Wire {
  private constructor(
    /** Where browsers reach the relay through the wire, without a slash at the end. */
    readonly url: string,
    private readonly server: Server,
    private readonly target: URL,
  ) {}

  private readonly sockets = new Set<Socket>();
  private readonly chunks: Buffer[] = [];
  private pulled = false;

  static async to(relay: string): Promise<Wire> {
    const server = createServer();
    server.listen(0, "localhost");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    const wire = new Wire(`http://localhost:${address.port}`, server, new URL(relay));
    server.on("connection", (socket) => wire.carry(socket));
    return wire;
  }

  /** Every byte that browsers have sent, as Latin-1. */
  sent(): string {
    return Buffer.concat(this.chunks).toString("latin1");
  }

  /** The request lines so far, such as "GET /i/ HTTP/1.1". */
  requests(): string[] {
    return this.sent().match(/^(GET|HEAD|POST|PUT|DELETE|OPTIONS) \S+ HTTP\/1\.1/gm) ?? [];
  }

  /** Cuts every connection and refuses new ones. */
  pull(): void {
    this.pulled = true;
    for (const socket of this.sockets) socket.destroy();
  }

  plugIn(): void {
    this.pulled = false;
  }

  async close(): Promise<void> {
    this.pull();
    this.server.close();
    await once(this.server, "close");
  }

  private carry(near: Socket): void {
    if (this.pulled) {
      near.destroy();
      return;
    }
    const far = connect(Number(this.target.port), this.target.hostname);
    for (const socket of [near, far]) {
      this.sockets.add(socket);
      socket.setNoDelay(true);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => {
        this.sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.on("data", (chunk) => this.chunks.push(chunk));
    near.pipe(far);
    far.pipe(near);
  }
}
