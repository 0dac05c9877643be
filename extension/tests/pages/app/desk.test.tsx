// @vitest-environment happy-dom
import { render } from "preact";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { AgentClient } from "../../../src/agent/types";
import type { Conversation, Event, Snapshot } from "../../../src/api";
import { ListPane } from "../../../src/ui/app/ListPane";
import { MainPane } from "../../../src/ui/app/MainPane";
import { slices } from "../../../src/ui/app/slices";
import { Composer } from "../../../src/ui/conversation/Composer";
import { ConversationItem } from "../../../src/ui/conversation/ConversationItem";
import { setLanguage } from "../../../src/ui/lib/catalogue";
import { Slices } from "../../../src/ui/lib/slice";
import { State } from "../../../src/ui/lib/state";
import { conversation } from "../conversation/made";

vi.mock("../../../src/ui/conversation/Composer", { spy: true });

const PEOPLE = 200;
let root: HTMLElement;
let emit: (event: Event) => void;
let state: State;

const client = {
  call: async (command: string) => (command === "messages" ? { messages: [], more: false } : {}),
  onEvent: (listener: (event: Event) => void) => {
    const before = emit;
    emit = (event) => {
      before(event);
      listener(event);
    };
    return () => undefined;
  },
  onState: () => () => undefined,
} as unknown as AgentClient;

function person(n: number, more: Partial<Conversation> = {}): Conversation {
  return conversation({ id: `c${n}`, name: `Person ${n}`, activity: n, ...more });
}

function Desk() {
  const data = state.data.value;
  if (!data) return null;
  return (
    <Slices.Provider value={slices}>
      <ListPane state={state} data={data} />
      <MainPane state={state} data={data} onBack={back} />
    </Slices.Provider>
  );
}

const back = () => undefined;
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

beforeEach(() => {
  setLanguage("en");
  emit = () => undefined;
  root = document.createElement("div");
  document.body.append(root);
  state = new State(client, slices);
  const snapshot: Snapshot = {
    phase: "ready",
    version: "0",
    name: "Ana",
    relay: { url: "https://relay.example", state: "connected", retryAt: 0, keyAlarm: false },
    conversations: Array.from({ length: PEOPLE }, (_, n) => person(n)),
    invites: [],
    notes: [],
    drafts: [],
    deletions: [],
    settings: { notifications: false, language: "en", quickReceipts: false },
    restarted: false,
  };
  emit({ kind: "snapshot", data: snapshot });
  render(<Desk />, root);
});

afterEach(() => {
  render(null, root);
  root.remove();
});

test("what happens to one person draws one line of the list and not the conversation with another", async () => {
  state.show({ kind: "conversation", id: "c7" });
  await settled();
  expect(root.querySelectorAll("[data-testid=conversation]")).toHaveLength(PEOPLE);
  const drawn = vi.spyOn(ConversationItem.prototype, "render");
  const composer = vi.mocked(Composer);
  composer.mockClear();
  emit({
    kind: "conversation",
    data: person(3, { activity: PEOPLE, unread: 1, preview: "hello" }),
  });
  await settled();
  expect(root.querySelector("[data-testid=conversation]")?.textContent).toContain("hello");
  expect(drawn).toHaveBeenCalledTimes(1);
  expect(composer).not.toHaveBeenCalled();
  emit({ kind: "conversation", data: person(7, { activity: PEOPLE + 1, preview: "you" }) });
  await settled();
  expect(drawn).toHaveBeenCalledTimes(2);
  expect(composer).toHaveBeenCalled();
  drawn.mockRestore();
});
