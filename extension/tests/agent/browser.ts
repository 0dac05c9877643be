import { AsyncLocalStorage } from "node:async_hooks";
import { vi } from "vitest";

/**
 * One origin of a browser: Web Locks and BroadcastChannels for several pages
 * and Workers, each a Context. Ending a Context lets its locks go, as closing
 * a tab or a crash does.
 */
export class Origin {
  #queues = new Map<string, Request[]>();
  #channels = new Set<Channel>();

  context(): Context {
    return new Context(this);
  }

  request(context: Context, name: string, callback: () => unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const request: Request = { context, callback, resolve, reject };
      const queue = this.#queues.get(name) ?? [];
      this.#queues.set(name, queue);
      queue.push(request);
      if (queue.length === 1) this.#grant(name, queue);
    });
  }

  held(): string[] {
    return [...this.#queues].flatMap(([name, queue]) => (queue.length ? [name] : []));
  }

  #grant(name: string, queue: Request[]): void {
    const request = queue[0];
    if (!request) return;
    queueMicrotask(async () => {
      if (queue[0] !== request) return; // its context ended
      try {
        request.resolve(await request.context.run(request.callback));
      } catch (error) {
        request.reject(error);
      }
      this.#remove(name, queue, request);
    });
  }

  #remove(name: string, queue: Request[], request: Request): void {
    const i = queue.indexOf(request);
    if (i < 0) return;
    queue.splice(i, 1);
    if (i === 0) this.#grant(name, queue);
  }

  end(context: Context): void {
    for (const channel of this.#channels) if (channel.context === context) channel.close();
    for (const [name, queue] of this.#queues) {
      for (const request of queue.filter((request) => request.context === context)) {
        this.#remove(name, queue, request);
      }
    }
  }

  join(channel: Channel): void {
    this.#channels.add(channel);
  }

  leave(channel: Channel): void {
    this.#channels.delete(channel);
  }

  post(from: Channel, data: unknown): void {
    const copy = structuredClone(data);
    const to = [...this.#channels].filter((other) => other !== from && other.name === from.name);
    queueMicrotask(() => {
      for (const channel of to) {
        if (!this.#channels.has(channel)) continue;
        channel.context.run(() => channel.onmessage?.({ data: copy }));
      }
    });
  }
}

interface Request {
  context: Context;
  callback: () => unknown;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
}

class Channel {
  onmessage: ((event: { data: unknown }) => void) | null = null;
  #closed = false;

  constructor(
    readonly context: Context,
    readonly origin: Origin,
    readonly name: string,
  ) {
    origin.join(this);
  }

  postMessage(data: unknown): void {
    if (this.#closed) throw new DOMException("the channel is closed", "InvalidStateError");
    this.origin.post(this, data);
  }

  close(): void {
    this.#closed = true;
    this.origin.leave(this);
  }
}

const current = new AsyncLocalStorage<Context>();

function here(): Context {
  const context = current.getStore();
  if (!context) throw new Error("no page or Worker does this");
  return context;
}

/** Puts the APIs in place; each call acts for the context that makes it. */
export function stubBrowser(): void {
  vi.stubGlobal("navigator", {
    locks: {
      request: (name: string, callback: () => unknown) =>
        here().origin.request(here(), name, callback),
    },
  });
  vi.stubGlobal(
    "BroadcastChannel",
    class extends Channel {
      constructor(name: string) {
        super(here(), here().origin, name);
      }
    },
  );
  vi.stubGlobal("addEventListener", (type: string, listener: (event: object) => void) =>
    here().listen(type, listener),
  );
}

/** A page or a Worker. */
export class Context {
  readonly #listeners = new Map<string, ((event: object) => void)[]>();

  constructor(readonly origin: Origin) {}

  /** Runs f, and what it starts, in this context. */
  run<T>(f: () => T): T {
    return current.run(this, f);
  }

  listen(type: string, listener: (event: object) => void): void {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener]);
  }

  /** Has an event happen in the page. */
  dispatch(type: string, event: object = {}): void {
    for (const listener of this.#listeners.get(type) ?? []) this.run(() => listener(event));
  }

  /** Ends the page or Worker, however. */
  end(): void {
    this.origin.end(this);
  }
}
