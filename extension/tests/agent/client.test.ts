import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { connect } from "../../src/agent/client";
import { clientName, hold, lobbyName } from "../../src/agent/names";
import { openSwitchboard } from "../../src/agent/switchboard";
import type { AgentClient, AgentError } from "../../src/agent/types";
import type { Event, Request } from "../../src/api";
import { type Context, Origin, stubBrowser } from "./browser";

/** What the Go side does, for these tests: answers hello, and what it is told to. */
class Agent {
  requests: Request[] = [];
  attached = 0;
  readonly #pages = new Set<(text: string) => void>();

  constructor(readonly name: string) {}

  attach = (send: (text: string) => void) => {
    this.attached++;
    this.#pages.add(send);
    return {
      receive: (text: string) => {
        const request = JSON.parse(text) as Request;
        this.requests.push(request);
        if (request.command === "hello") send(reply(request, { name: this.name }));
        if (request.command === "words") send(reply(request, { completions: [this.name] }));
        if (request.command === "rename") {
          send(JSON.stringify({ id: request.id, error: { code: "too_long", message: "m" } }));
        }
      },
      detach: () => {
        this.attached--;
        this.#pages.delete(send);
      },
    };
  };

  emit(event: Event): void {
    this.say(JSON.stringify(event));
  }

  say(text: string): void {
    for (const send of this.#pages) send(text);
  }
}

function reply({ id }: Request, result: unknown): string {
  return JSON.stringify({ id, result });
}

let origin: Origin;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] });
  stubBrowser();
  origin = new Origin();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Lets everything happen that needs no time. */
async function settle(): Promise<void> {
  for (let i = 0; i < 100; i++) await Promise.resolve();
}

async function startAgent(name: string): Promise<{ agent: Agent; worker: Context }> {
  const agent = new Agent(name);
  const worker = origin.context();
  worker.run(() => void openSwitchboard(agent.attach));
  await settle();
  return { agent, worker };
}

/** A page, with what its client told it. */
function openPage(wake?: () => Promise<void>) {
  const context = origin.context();
  const client: AgentClient = context.run(() => connect(wake ? { wake } : {}));
  const log: string[] = [];
  client.onState((state, reason) => log.push(reason ? `${state}: ${reason}` : state));
  client.onEvent((event) =>
    log.push(event.kind === "snapshot" ? `snapshot of ${event.data.name}` : "event"),
  );
  return { client, log, context };
}

async function code(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => "answered",
    (error: AgentError) => error.code,
  );
}

test("a page finds an agent that runs, and one that comes later", async () => {
  const early = openPage();
  await settle();
  expect(early.log).toEqual(["starting"]);
  const { agent } = await startAgent("Anna");
  const late = openPage();
  await settle();
  for (const { log } of [early, late]) {
    expect(log).toEqual(["starting", "snapshot of Anna", "ready"]);
  }
  expect(agent.attached).toBe(2);
  agent.emit({ kind: "conversationRemoved", data: "c" });
  await settle();
  expect(early.log.at(-1)).toBe("event");
  expect(late.log.at(-1)).toBe("event");
});

test("answers and refusals reach their calls", async () => {
  await startAgent("Anna");
  const { client } = openPage();
  await expect(client.call("words", { text: "" })).resolves.toEqual({ completions: ["Anna"] });
  expect(await code(client.call("rename", { name: "x" }))).toBe("too_long");
});

test("commands wait for the agent, after hello", async () => {
  const { client } = openPage();
  const words = client.call("words", { text: "" });
  await settle();
  const { agent } = await startAgent("Anna");
  await expect(words).resolves.toEqual({ completions: ["Anna"] });
  expect(agent.requests.map(({ command }) => command)).toEqual(["hello", "words"]);
});

test("commands do not wait for ever, nor without bound", async () => {
  const { client } = openPage();
  const first = code(client.call("nudge", {}));
  for (let i = 1; i < 64; i++) client.call("nudge", {}).catch(() => undefined);
  expect(await code(client.call("nudge", {}))).toBe("unavailable");
  await vi.advanceTimersByTimeAsync(30_000);
  expect(await first).toBe("unavailable");
});

test("what the agent did not answer before it ended is lost, hello is said again", async () => {
  const { worker } = await startAgent("Anna");
  const { client, log } = openPage();
  await settle();
  const unanswered = code(client.call("nudge", {}));
  await settle();
  worker.end();
  expect(await unanswered).toBe("lost");
  expect(log.at(-1)).toBe("starting");
  const meanwhile = client.call("words", { text: "" });
  await startAgent("Ben");
  await expect(meanwhile).resolves.toEqual({ completions: ["Ben"] });
  expect(log.slice(-3)).toEqual(["starting", "snapshot of Ben", "ready"]);
});

test("an agent that stood in before the page noticed is found", async () => {
  const { worker } = await startAgent("Anna");
  const { log } = openPage();
  await settle();
  worker.end();
  await startAgent("Ben");
  await settle();
  expect(log.filter((line) => line.startsWith("snapshot"))).toEqual([
    "snapshot of Anna",
    "snapshot of Ben",
  ]);
  expect(log.at(-1)).toBe("ready");
});

test("a page that ends is detached, however it ends", async () => {
  const { agent } = await startAgent("Anna");
  const { context } = openPage();
  await settle();
  expect(agent.attached).toBe(1);
  context.end();
  await settle();
  expect(agent.attached).toBe(0);
  agent.emit({ kind: "conversationRemoved", data: "c" });
});

test("a page kept for the back button lets go, and connects anew when shown", async () => {
  const { agent } = await startAgent("Anna");
  const { context, log, client } = openPage();
  await settle();
  const unanswered = code(client.call("nudge", {}));
  context.dispatch("pagehide");
  expect(await unanswered).toBe("lost");
  await settle();
  expect(agent.attached).toBe(0);
  context.dispatch("pageshow", { persisted: false });
  context.dispatch("pageshow", { persisted: true });
  await settle();
  expect(agent.attached).toBe(1);
  expect(log.slice(-3)).toEqual(["starting", "snapshot of Anna", "ready"]);
});

test("what the owner says of the agent is told", async () => {
  const { worker } = await startAgent("Anna");
  const { client, log } = openPage();
  await settle();
  const owner = origin.context();
  const lobby = owner.run(() => new BroadcastChannel(lobbyName));
  const sent = code(client.call("nudge", {}));
  worker.end();
  lobby.postMessage({ host: "restarting", reason: "crashing" });
  expect(await sent).toBe("lost");
  await settle();
  expect(log.at(-1)).toBe("restarting");
  const waiting = code(client.call("nudge", {}));
  lobby.postMessage({ host: "unavailable", reason: "storage" });
  expect(await waiting).toBe("unavailable");
  expect(log.at(-1)).toBe("unavailable: storage");
  expect(await code(client.call("nudge", {}))).toBe("unavailable");
  await startAgent("Ben");
  await settle();
  expect(log.slice(-3)).toEqual(["starting", "snapshot of Ben", "ready"]);
});

test("the owner is woken until the agent answers, and again when it is gone", async () => {
  let woken = 0;
  openPage(async () => {
    woken++;
    throw new Error("nobody listens");
  });
  await settle();
  expect(woken).toBe(1);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(woken).toBe(3);
  const { worker } = await startAgent("Anna");
  await vi.advanceTimersByTimeAsync(60_000);
  expect(woken).toBe(3);
  worker.end();
  await settle();
  expect(woken).toBe(4);
});

test("what is no request does not reach the agent", async () => {
  const { agent } = await startAgent("Anna");
  const page = origin.context();
  const channel = await page.run(async () => {
    await hold(clientName("stranger"));
    const own = new BroadcastChannel(clientName("stranger"));
    new BroadcastChannel(lobbyName).postMessage({ client: "stranger" });
    return own;
  });
  await settle();
  expect(agent.attached).toBe(1);
  for (const data of [{ id: 1 }, null, 7, new ArrayBuffer(8), "x".repeat(128 * 1024 + 1)]) {
    channel.postMessage(data);
  }
  channel.postMessage('{"id":1,"command":"nudge"}');
  await settle();
  expect(agent.requests).toEqual([{ id: 1, command: "nudge" }]);
});

test("too long a request is refused before it is sent", async () => {
  const { agent } = await startAgent("Anna");
  const { client } = openPage();
  await settle();
  expect(await code(client.call("words", { text: "x".repeat(128 * 1024) }))).toBe("bad_request");
  expect(agent.requests.map(({ command }) => command)).toEqual(["hello"]);
});

test("a browser without locks is told apart", () => {
  vi.stubGlobal("navigator", {});
  const states: unknown[] = [];
  connect().onState((state, reason) => states.push([state, reason]));
  expect(states).toEqual([["unavailable", "unsupported"]]);
});

test("a page understands an agent of before events had kinds", async () => {
  const { agent } = await startAgent("Anna");
  const { client } = openPage();
  const events: Event[] = [];
  client.onEvent((event) => events.push(event));
  await settle();
  agent.say('{"snapshot":{"name":"Anna, who came back"}}');
  agent.say('{"diskFull":false}');
  agent.say('{"conversationRemoved":"c"}');
  await settle();
  expect(events.slice(1)).toEqual([
    { kind: "snapshot", data: { name: "Anna, who came back" } },
    { kind: "diskFull", data: false },
    { kind: "conversationRemoved", data: "c" },
  ]);
});

test("a page of before events had kinds understands the agent", async () => {
  const { agent } = await startAgent("Anna");
  const said: unknown[] = [];
  origin.context().run(() => {
    const channel = new BroadcastChannel(clientName("older"));
    channel.onmessage = ({ data }) => said.push(data);
    void hold(clientName("older"));
    new BroadcastChannel(lobbyName).postMessage({ client: "older" });
  });
  await settle();
  agent.emit({ kind: "diskFull", data: false });
  agent.emit({ kind: "conversationRemoved", data: "c" });
  await settle();
  expect(said.slice(1)).toEqual(['{"diskFull":false}', '{"conversationRemoved":"c"}']);
});
