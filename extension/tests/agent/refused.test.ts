import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { connect } from "../../src/agent/client";
import { type Surroundings, startHost } from "../../src/agent/host";
import type { AgentState, Reason } from "../../src/agent/types";
import { Origin, stubBrowser } from "./browser";

// Every way in which a browser may refuse what a page needs, each with what
// the person is told. Nobody waits for ever.

const refused = () => new DOMException("The operation is insecure.", "SecurityError");
const broken = () => new DOMException("Something else.", "UnknownError");
const never = () => new Promise<never>(() => undefined);

function throws(error: () => Error): () => never {
  return () => {
    throw error();
  };
}

class Refused {
  constructor() {
    throw refused();
  }
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] });
  stubBrowser();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function settle(): Promise<void> {
  for (let i = 0; i < 100; i++) await Promise.resolve();
}

const nothing: Surroundings = { version: "test", kept: () => false, erased: async () => undefined };

/** Opens a page, as platform/web does, and returns what it is told within a minute. */
async function open(): Promise<[AgentState, Reason?]> {
  const told: [AgentState, Reason?][] = [];
  new Origin().context().run(() => {
    startHost(nothing);
    connect().onState((state, reason) => told.push([state, reason]));
  });
  await settle();
  await vi.advanceTimersByTimeAsync(60_000);
  return told.at(-1) ?? ["starting"];
}

const locks = (request: () => unknown) => vi.stubGlobal("navigator", { locks: { request } });

test.each<[string, () => void, Reason]>([
  ["no locks", () => vi.stubGlobal("navigator", {}), "unsupported"],
  ["locks that throw", () => locks(throws(refused)), "blocked"],
  ["locks that are rejected", () => locks(async () => throws(refused)()), "blocked"],
  ["locks that are broken", () => locks(async () => throws(broken)()), "unsupported"],
  ["locks that never come", () => locks(never), "slow"],
  ["no channels", () => vi.stubGlobal("BroadcastChannel", undefined), "unsupported"],
  ["channels that throw", () => vi.stubGlobal("BroadcastChannel", Refused), "blocked"],
  ["no Workers", () => vi.stubGlobal("Worker", undefined), "unsupported"],
  ["Workers that throw", () => vi.stubGlobal("Worker", Refused), "unsupported"],
  ["Workers that say nothing", () => vi.stubGlobal("Worker", Silent), "slow"],
  ["Workers whose script does not load", () => vi.stubGlobal("Worker", Unloadable), "load"],
  ["Workers that can't store", () => vi.stubGlobal("Worker", ending("storage")), "storage"],
  ["Workers that are refused a lock", () => vi.stubGlobal("Worker", ending("blocked")), "blocked"],
])("a browser with %s", async (_, refuse, reason) => {
  refuse();
  expect(await open()).toEqual(["unavailable", reason]);
});

class Silent {
  onmessage: ((event: { data: unknown }) => void) | undefined;
  onerror: (() => void) | undefined;
  postMessage(): void {}
  terminate(): void {}
}

class Unloadable extends Silent {
  override postMessage(): void {
    queueMicrotask(() => this.onerror?.());
  }
}

function ending(ended: string) {
  return class extends Silent {
    override postMessage(): void {
      queueMicrotask(() => this.onmessage?.({ data: { ended } }));
    }
  };
}

test("a full disk is told, to who comes later too, and no new Worker is begun", async () => {
  let begun = 0;
  vi.stubGlobal(
    "Worker",
    class extends Silent {
      override postMessage(): void {
        begun++;
        queueMicrotask(() => this.onmessage?.({ data: { full: true } }));
      }
    },
  );
  const told: string[] = [];
  const origin = new Origin();
  const page = () => connect().onState((state, reason) => told.push(`${state} ${reason}`));
  origin.context().run(() => {
    startHost(nothing);
    page();
  });
  await settle();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(told.at(-1)).toBe("unavailable full");
  origin.context().run(page);
  await settle();
  expect(told.at(-1)).toBe("unavailable full");
  expect(begun).toBe(1);
});
