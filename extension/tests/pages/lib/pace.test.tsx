// @vitest-environment happy-dom
import { options, render } from "preact";
import { useState } from "preact/hooks";
import { afterEach, expect, test, vi } from "vitest";
import { paceDrawing } from "../../../src/ui/lib/pace";

const before = options.debounceRendering;
afterEach(() => {
  options.debounceRendering = before;
  vi.unstubAllGlobals();
});

/** A number on the page; draws counts how often it was drawn. */
function counter() {
  const drawn = { times: 0, set: (_: number) => {} };
  const root = document.createElement("div");
  const Counter = () => {
    const [n, set] = useState(0);
    drawn.times++;
    drawn.set = set;
    return <p>{n}</p>;
  };
  render(<Counter />, root);
  return { drawn, root };
}

/** Frames that come when told, each with the microtasks that follow it. */
function stubFrames(): () => Promise<void> {
  const frames: FrameRequestCallback[] = [];
  vi.stubGlobal("requestAnimationFrame", (f: FrameRequestCallback) => frames.push(f));
  vi.stubGlobal("cancelAnimationFrame", () => undefined);
  return async () => {
    for (const f of frames.splice(0)) f(0);
    await Promise.resolve();
  };
}

test("many changes are drawn once a frame, the first at once and the last always", async () => {
  const frame = stubFrames();
  paceDrawing();
  const { drawn, root } = counter();
  drawn.set(1);
  await Promise.resolve();
  expect(root.textContent).toBe("1");
  for (let n = 2; n <= 50; n++) {
    drawn.set(n);
    await Promise.resolve();
  }
  expect([root.textContent, drawn.times]).toEqual(["1", 2]);
  await frame();
  expect([root.textContent, drawn.times]).toEqual(["50", 3]);
  await frame(); // nothing has changed since
  drawn.set(51);
  await Promise.resolve();
  expect([root.textContent, drawn.times]).toEqual(["51", 4]);
});

test.each(["keydown", "click", "submit"])(
  "before a person's %s is handled all is drawn",
  async (act) => {
    stubFrames();
    paceDrawing();
    const { drawn, root } = counter();
    drawn.set(1);
    await Promise.resolve();
    drawn.set(2);
    await Promise.resolve();
    expect(root.textContent).toBe("1");
    document.body.append(root);
    let seen = "";
    root.addEventListener(act, () => {
      seen = root.textContent ?? "";
    });
    root.dispatchEvent(new Event(act, { bubbles: true }));
    root.remove();
    expect(seen).toBe("2");
  },
);

test("what is typed while a drawing waits is not lost", async () => {
  const frame = stubFrames();
  paceDrawing();
  const root = document.createElement("div");
  document.body.append(root);
  let set = (_: string) => {};
  const Field = () => {
    const [text, setText] = useState("");
    set = setText;
    return <input value={text} onInput={(event) => setText(event.currentTarget.value)} />;
  };
  render(<Field />, root);
  const field = root.querySelector("input") as HTMLInputElement;
  set("sent");
  await Promise.resolve();
  set(""); // as after sending; it waits for the frame
  await Promise.resolve();
  field.value = "next";
  field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  await frame();
  expect(field.value).toBe("next");
  root.remove();
});

test("a page without frames, since it is hidden, is drawn nevertheless", async () => {
  vi.useFakeTimers();
  vi.stubGlobal("requestAnimationFrame", () => 1);
  vi.stubGlobal("cancelAnimationFrame", () => undefined);
  paceDrawing();
  const { drawn, root } = counter();
  drawn.set(1);
  await Promise.resolve();
  drawn.set(2);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(root.textContent).toBe("2");
  vi.useRealTimers();
});
