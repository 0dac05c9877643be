import { options } from "preact";

/** A frame that does not come within this time is not waited for: the page is hidden, in ms. */
const PATIENCE = 100;

/**
 * Has what changes drawn at once, and then not again before the browser has
 * shown it: however many events come, the document is drawn once a frame.
 */
export function paceDrawing(): void {
  let shown = true;
  options.debounceRendering = (draw) => {
    const drawNow = () => {
      shown = false;
      nextFrame(() => {
        shown = true;
      });
      draw();
    };
    if (shown) queueMicrotask(drawNow);
    else nextFrame(drawNow);
  };
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
