import { options } from "preact";

/** A frame that does not come within this time is not waited for: the page is hidden, in ms. */
const PATIENCE = 100;

/**
 * What a person does; its handlers must find everything drawn that they act
 * on. Not input: a field then holds what was typed, and drawing what it held
 * before would take that away.
 */
const ACTS = ["keydown", "click", "submit"];

/**
 * Has what changes drawn at once, and then not again before the browser has
 * shown it or the person does something: however many events come, the
 * document is drawn once a frame.
 */
export function paceDrawing(): void {
  let shown = true;
  let waiting: (() => void) | undefined;
  const drawWaiting = () => {
    const draw = waiting;
    waiting = undefined;
    draw?.();
  };
  options.debounceRendering = (draw) => {
    if (!shown) {
      waiting = draw;
      return;
    }
    shown = false;
    nextFrame(() => {
      shown = true;
      if (waiting) options.debounceRendering?.(drawWaiting);
    });
    queueMicrotask(draw);
  };
  for (const act of ACTS) document.addEventListener(act, drawWaiting, { capture: true });
}

function nextFrame(then: () => void): void {
  const once = () => {
    clearTimeout(timer);
    cancelAnimationFrame(frame);
    then();
  };
  const timer = setTimeout(once, PATIENCE);
  const frame = requestAnimationFrame(once);
}
