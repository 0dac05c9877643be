import { afterEach, expect, test, vi } from "vitest";
import { enough, openRoom } from "../../src/agent/room";

afterEach(() => vi.unstubAllGlobals());

/** A private file system on a disk with so many bytes free. */
function disk(free: number) {
  const state = { free, size: 0, written: 0, now: 0 };
  const handle = {
    write: (buffer: Uint8Array, { at }: { at: number }) => {
      state.written++;
      if (at + buffer.length > state.free) {
        throw new DOMException("No space available for this operation", "QuotaExceededError");
      }
      state.size = Math.max(state.size, at + buffer.length);
      return buffer.length;
    },
    truncate: (size: number) => {
      state.size = size;
    },
  };
  const file = { createSyncAccessHandle: async () => handle };
  const folder = { getFileHandle: async () => file };
  vi.stubGlobal("navigator", { storage: { getDirectory: async () => folder } });
  return state;
}

test("what is not there is missed before anything is written elsewhere", async () => {
  const state = disk(100 * enough);
  const room = await openRoom(() => state.now);
  expect(room()).toBe(true);
  expect(state.size, "nothing stays").toBe(0);

  state.free = enough - 1;
  state.now += 1_001;
  expect(room()).toBe(false);
  expect(state.size, "nothing stays").toBe(0);
  state.free = enough;
  expect(room(), "no is asked again at once").toBe(true);
});

test("an answer of yes holds for a second, for as much as was asked", async () => {
  const state = disk(100 * enough);
  const room = await openRoom(() => state.now);
  expect(room()).toBe(true);
  const { written } = state;
  for (let i = 0; i < 1000; i++) expect(room()).toBe(true);
  expect(state.written).toBe(written);
  expect(room(200 * enough)).toBe(false);
});

test("a short write is no room", async () => {
  const state = disk(100 * enough);
  const room = await openRoom(() => state.now);
  const folder = await navigator.storage.getDirectory();
  const file = (await folder.getFileHandle("x")) as unknown as {
    createSyncAccessHandle(): Promise<{ write: unknown }>;
  };
  (await file.createSyncAccessHandle()).write = () => 10;
  expect(room()).toBe(false);
});

test("without a private file system, the database has to tell", async () => {
  for (const storage of [
    {},
    { getDirectory: () => Promise.reject(new DOMException("no", "SecurityError")) },
  ]) {
    vi.stubGlobal("navigator", { storage });
    expect((await openRoom())()).toBe(true);
  }
});
