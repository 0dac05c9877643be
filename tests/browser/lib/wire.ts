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

  /** The browser's end of every connection, and whose it is once that is known. */
  private readonly sockets = new Map<Socket, string>();
  private readonly chunks: Buffer[] = [];
  /** The same, of each connection by itself. */
  private readonly streams: Buffer[][] = [];
  private readonly pulled = new Set<string>();

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

  /** Every envelope that was handed over for deposit, in no order. */
  deposits(): Buffer[] {
    return this.streams.flatMap((stream) => {
      const bytes = Buffer.concat(stream);
      const text = bytes.toString("latin1");
      return [...text.matchAll(/POST \/deposit HTTP\/1\.1\r\n[\s\S]*?\r\n\r\n/g)].map((head) => {
        const size = Number(/content-length: *(\d+)/i.exec(head[0])?.[1] ?? 0);
        const start = head.index + head[0].length;
        return bytes.subarray(start, start + size);
      });
    });
  }

  /** Cuts the connections of a person, told by the browser's user agent, and refuses new ones. */
  pull(name: string): void {
    this.pulled.add(name);
    for (const [socket, owner] of this.sockets) {
      if (owner === name) socket.destroy();
    }
  }

  plugIn(name: string): void {
    this.pulled.delete(name);
  }

  async close(): Promise<void> {
    for (const socket of this.sockets.keys()) socket.destroy();
    this.server.close();
    await once(this.server, "close");
  }

  private carry(near: Socket): void {
    this.sockets.set(near, "");
    near.on("error", () => near.destroy());
    near.on("close", () => this.sockets.delete(near));
    // A browser speaks first, and says who it is.
    near.once("data", (first) => {
      const owner = /^user-agent: *(.*?)\r$/im.exec(first.toString("latin1"))?.[1] ?? "";
      if (this.pulled.has(owner)) {
        near.destroy();
        return;
      }
      this.sockets.set(near, owner);
      const stream = [first];
      this.streams.push(stream);
      this.chunks.push(first);
      const far = connect(Number(this.target.port), this.target.hostname);
      far.setNoDelay(true);
      near.setNoDelay(true);
      far.on("error", () => far.destroy());
      far.on("close", () => near.destroy());
      near.on("close", () => far.destroy());
      far.write(first);
      near.on("data", (chunk) => {
        this.chunks.push(chunk);
        stream.push(chunk);
      });
      near.pipe(far);
      far.pipe(near);
    });
  }
}
