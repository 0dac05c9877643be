// @vitest-environment happy-dom
import { afterEach, expect, test, vi } from "vitest";
import type { AgentClient } from "../../src/agent/types";
import type { Event, Phase, Snapshot } from "../../src/api";
import { forgetBeingHere, rememberBeingHere, wasHere } from "../../src/platform/memory";

/** A page that is told of phases. */
function page(): (phase: Phase) => void {
  let tell: (event: Event) => void = () => undefined;
  const client = {
    onEvent: (listener: typeof tell) => {
      tell = listener;
      return () => undefined;
    },
  };
  rememberBeingHere(client as unknown as AgentClient);
  return (phase) => tell({ kind: "snapshot", data: { phase } as Snapshot });
}

afterEach(() => {
  vi.unstubAllGlobals();
  forgetBeingHere();
});

test("that a Petmail was here is all that is remembered, until it is deleted", () => {
  const tell = page();
  tell("new");
  expect(wasHere()).toBe(false);
  for (const phase of ["ready", "locked"] as const) {
    tell(phase);
    expect({ ...localStorage }).toEqual({ "petmail-was-here": "1" });
    expect(sessionStorage).toHaveLength(0);
    forgetBeingHere();
    expect(localStorage).toHaveLength(0);
  }
});

test("a page that is told late of what was deleted does not remember it", () => {
  const [one, other] = [page(), page()];
  one("ready");
  forgetBeingHere();
  one("new");
  other("ready"); // from before
  other("new");
  expect(localStorage).toHaveLength(0);
});

test("what was lost is remembered", () => {
  const tell = page();
  tell("ready");
  tell("broken");
  expect(wasHere()).toBe(true);
});

test("where nothing can be kept, nothing is", () => {
  vi.stubGlobal("localStorage", undefined);
  page()("ready");
  expect(wasHere()).toBe(false);
});
