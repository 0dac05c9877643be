import { signal } from "@preact/signals";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Data, State } from "../../../src/ui/lib/state";
import { watchActivity } from "../../../src/ui/lock/activity";

let sent: string[];
let stop: () => void;
const data = signal<Data | undefined>(undefined);

function set(phase: string, locks: number, autoLock: number): void {
  data.value = {
    phase,
    locks: Array.from({ length: locks }),
    settings: { autoLock },
  } as unknown as Data;
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("addEventListener", EventTarget.prototype.addEventListener.bind(target));
  vi.stubGlobal("removeEventListener", EventTarget.prototype.removeEventListener.bind(target));
  sent = [];
  const client = {
    call: async (command: string) => {
      sent.push(command);
      throw new Error("nobody there"); // must not matter
    },
  };
  stop = watchActivity({ data, client } as unknown as State);
});

const target = new EventTarget();

afterEach(() => {
  stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const sign = (type: string) => target.dispatchEvent(new Event(type));

it("tells of the person, and not of every movement", () => {
  set("ready", 1, 5);
  for (const type of ["keydown", "pointermove", "wheel"]) sign(type);
  expect(sent).toEqual(["active"]);
  vi.advanceTimersByTime(4_000);
  sign("pointerdown");
  expect(sent).toEqual(["active"]);
  vi.advanceTimersByTime(1_500);
  sign("touchstart");
  expect(sent).toEqual(["active", "active"]);
});

it.each([
  ["there is no lock", "ready", 0, 5],
  ["it does not lock by itself", "ready", 1, 0],
  ["it is locked", "locked", 1, 5],
] as const)("says nothing where %s", (_, phase, locks, minutes) => {
  set(phase, locks, minutes);
  sign("keydown");
  expect(sent).toEqual([]);
});

it("goes on when the clock was set back", () => {
  set("ready", 1, 5);
  sign("keydown");
  vi.setSystemTime(Date.now() - 3_600_000);
  sign("keydown");
  expect(sent).toEqual(["active", "active"]);
});
