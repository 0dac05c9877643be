import type { Message } from "../../api";

/** At most so many messages stand in the document at a time. */
export const RENDERED = 120;

/** So many more are shown when the reader comes near an end. */
export const STEP = 40;

/** At most so many are kept in memory while the reader is at the newest. */
export const KEPT = 600;

/**
 * The messages of a conversation that are loaded, oldest first, without a gap
 * up to the newest, and the part of them from start (inclusive) to end
 * (exclusive) that is shown.
 */
export interface Window {
  messages: readonly Message[];
  /** Older ones exist that are not loaded. */
  more: boolean;
  start: number;
  end: number;
}

export const empty: Window = { messages: [], more: false, start: 0, end: 0 };

/** Whether the newest message is among those shown. */
export function atTail(w: Window): boolean {
  return w.end === w.messages.length;
}

/**
 * Puts the newest messages, as just read, in the place of what was known. What
 * is older and joins them without a gap is kept.
 */
export function withNewest(w: Window, page: readonly Message[], more: boolean): Window {
  const first = page[0];
  const last = w.messages[w.messages.length - 1];
  if (!first || !last || !more || last.cursor < first.cursor) {
    return tail({ messages: page, more, start: 0, end: page.length });
  }
  const kept = w.messages.slice(0, position(w.messages, first.cursor));
  const messages = [...kept, ...page];
  if (atTail(w)) return tail({ messages, more: w.more, start: w.start, end: messages.length });
  const end = Math.min(w.end, messages.length);
  return { messages, more: w.more, start: Math.min(w.start, end), end };
}

/** Puts a page of older messages before those loaded. */
export function withOlder(w: Window, page: readonly Message[], more: boolean): Window {
  const first = w.messages[0];
  const older = first ? page.filter((m) => m.cursor < first.cursor) : page;
  const moved = {
    messages: [...older, ...w.messages],
    more,
    start: w.start + older.length,
    end: w.end + older.length,
  };
  return showOlder(moved);
}

/**
 * Adds a message or replaces the one at its cursor. With follow the window
 * moves on to a new newest message; otherwise what is shown stays as long as
 * the window is full.
 */
export function withMessage(w: Window, message: Message, follow: boolean): Window {
  const at = position(w.messages, message.cursor);
  if (w.messages[at]?.cursor === message.cursor) {
    const messages = w.messages.slice();
    messages[at] = message;
    return { ...w, messages };
  }
  if (at === 0 && w.more) return w; // it comes with the page that it belongs to
  const messages = [...w.messages.slice(0, at), message, ...w.messages.slice(at)];
  if (at === w.messages.length && atTail(w)) {
    const grown = { ...w, messages, end: messages.length };
    if (grown.end - grown.start <= RENDERED) return grown;
    return follow ? tail(grown) : { ...w, messages };
  }
  const start = at < w.start ? w.start + 1 : w.start;
  const end = at < w.end || atTail(w) ? w.end + 1 : w.end;
  return { ...w, messages, start, end };
}

export function withoutMessage(w: Window, id: string): Window {
  const at = w.messages.findIndex((m) => m.id === id);
  if (at < 0) return w;
  const messages = [...w.messages.slice(0, at), ...w.messages.slice(at + 1)];
  return {
    ...w,
    messages,
    start: at < w.start ? w.start - 1 : w.start,
    end: at < w.end ? w.end - 1 : w.end,
  };
}

/** Shows older messages that are loaded, and no longer the newest if it becomes too many. */
export function showOlder(w: Window): Window {
  const start = Math.max(0, w.start - STEP);
  return { ...w, start, end: Math.min(w.end, start + RENDERED) };
}

/** Shows newer messages, and no longer the oldest if it becomes too many. */
export function showNewer(w: Window): Window {
  const end = Math.min(w.messages.length, w.end + STEP);
  return { ...w, end, start: Math.max(w.start, end - RENDERED) };
}

/** Shows the newest messages and forgets those long past. */
export function tail(w: Window): Window {
  const dropped = Math.max(0, w.messages.length - KEPT);
  const messages = dropped > 0 ? w.messages.slice(dropped) : w.messages;
  const end = messages.length;
  return { messages, more: w.more || dropped > 0, start: Math.max(0, end - RENDERED), end };
}

/** Where the first message at the cursor or later is. */
function position(messages: readonly Message[], cursor: string): number {
  let low = 0;
  let high = messages.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const there = messages[middle];
    if (there && there.cursor < cursor) low = middle + 1;
    else high = middle;
  }
  return low;
}
