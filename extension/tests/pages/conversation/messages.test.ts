import { expect, test } from "vitest";
import { AgentError } from "../../../src/agent/types";
import { Messages } from "../../../src/ui/conversation/messages";
import { Agent } from "./agent";
import { message, messages } from "./made";

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
const texts = (model: Messages) =>
  model.window.value.messages
    .slice(model.window.value.start, model.window.value.end)
    .map((m) => m.text);

async function open(agent: Agent, unread = 0, reading = true): Promise<Messages> {
  const model = new Messages(agent.client, "c", unread, () => reading);
  await settled();
  return model;
}

test("older messages come page by page, once, until there are none", async () => {
  const agent = new Agent(messages(0, 500));
  const model = await open(agent);
  expect(texts(model).at(-1)).toBe("message 499");
  await Promise.all([model.older(), model.older(), model.older()]);
  expect(agent.count("messages")).toBe(2);
  while (model.window.value.more || model.window.value.start > 0) await model.older();
  expect(model.window.value.messages).toEqual(agent.stored);
  expect(texts(model)[0]).toBe("message 0");
});

test("events of this conversation are taken, those of others are not", async () => {
  const agent = new Agent(messages(0, 2));
  const model = await open(agent);
  agent.receive(2);
  agent.emit({ kind: "message", data: { conversation: "d", message: message(3), fresh: true } });
  agent.emit({
    kind: "message",
    data: { conversation: "c", message: message(1, { state: "delivered" }), fresh: false },
  });
  agent.emit({ kind: "messageRemoved", data: { conversation: "c", message: message(0).id } });
  agent.emit({ kind: "messageRemoved", data: { conversation: "d", message: message(2).id } });
  expect(texts(model)).toEqual(["message 1", "message 2"]);
  expect(model.window.value.messages[0]?.state).toBe("delivered");
  expect(model.heard.value?.text).toBe("message 2");
  model.close();
  expect(agent.listeners).toBe(0);
});

test("a message that comes while the first page is read is there once", async () => {
  const agent = new Agent(messages(0, 2));
  const model = new Messages(agent.client, "c", 0, () => true);
  agent.receive(2);
  await settled();
  expect(texts(model)).toEqual(["message 0", "message 1", "message 2"]);
});

test("the line above what is new stands at the first unread", async () => {
  const agent = new Agent(messages(0, 10));
  const model = await open(agent, 2);
  expect(model.marker.value).toBe(message(6).cursor);
  await model.read();
  expect(agent.count("read")).toBe(1);
  await model.send("hello");
  expect(model.marker.value).toBe("");
});

test("what comes while nobody looks is marked as new and counted when scrolled up", async () => {
  const agent = new Agent(messages(0, 10));
  const model = await open(agent, 0, false);
  model.following.value = false;
  agent.receive(20);
  agent.receive(22);
  expect(model.marker.value).toBe(message(20).cursor);
  expect(model.missed.value).toBe(2);
  model.newest();
  expect(model.missed.value).toBe(0);
  expect(model.following.value).toBe(true);
});

test("a text is shown as on its way until the agent has stored it, and never twice", async () => {
  const agent = new Agent([]);
  const model = await open(agent);
  let go = () => {};
  agent.gate = new Promise((resolve) => {
    go = resolve;
  });
  const sending = model.send("hello");
  expect(model.pending.value.map((p) => p.text)).toEqual(["hello"]);
  go();
  await sending;
  expect(model.pending.value).toEqual([]);
  expect(texts(model)).toEqual(["hello"]);
});

test("a text that is refused is not shown as sent", async () => {
  const agent = new Agent([]);
  const model = await open(agent);
  agent.refuse = new AgentError("storage", "full");
  await expect(model.send("hello")).rejects.toThrow("full");
  expect(model.pending.value).toEqual([]);
  expect(texts(model)).toEqual([]);
});

test("messages that cannot be read are asked for again", async () => {
  const agent = new Agent(messages(0, 2));
  agent.refuse = new AgentError("lost", "restarted");
  const model = await open(agent);
  expect(model.loading.value).toBe("failed");
  agent.refuse = undefined;
  agent.emit({ kind: "snapshot", data: {} as never });
  await settled();
  expect(model.loading.value).toBe("loaded");
  expect(texts(model)).toEqual(["message 0", "message 1"]);
});

test("after a restart of the agent what came meanwhile is there", async () => {
  const agent = new Agent(messages(0, 300));
  const model = await open(agent);
  agent.stored = messages(1, 310);
  agent.emit({ kind: "snapshot", data: {} as never });
  await settled();
  expect(texts(model).at(-1)).toBe("message 309");
  expect(new Set(texts(model)).size).toBe(texts(model).length);
});

test("a deleted message is gone", async () => {
  const agent = new Agent(messages(0, 2));
  const model = await open(agent);
  model.take({ kind: "messageRemoved", data: { conversation: "c", message: message(0).id } });
  expect(texts(model)).toEqual(["message 1"]);
});

test("what comes further up is said, and is not read before it is seen", async () => {
  const agent = new Agent(messages(0, 40).filter((m) => m.cursor !== message(20).cursor));
  const model = await open(agent);
  agent.emit({ kind: "message", data: { conversation: "c", message: message(20), fresh: true } });
  expect(model.above.value).toBe(1);
  expect(model.marker.value).toBe(message(20).cursor);
  await model.reach();
  expect(model.above.value).toBe(0);
  expect(model.following.value).toBe(false);
  // What comes at the end, or just before it, is there to be seen.
  agent.emit({ kind: "message", data: { conversation: "c", message: message(41), fresh: true } });
  agent.emit({ kind: "message", data: { conversation: "c", message: message(40), fresh: true } });
  expect(model.above.value).toBe(0);
});

test("the line above what is new stands at the first that is unread, wherever it is", async () => {
  const stored = messages(0, 30).map((m, i) => ({ ...m, unread: i === 4 }));
  const model = await open(new Agent(stored), 1);
  expect(model.marker.value).toBe(message(4).cursor);
});
