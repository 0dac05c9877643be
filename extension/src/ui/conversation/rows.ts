import type { Message } from "../../api";
import { dayOf } from "../lib/time";
import type { Window } from "./window";

/** One line of what a conversation shows. */
export type Row =
  | { kind: "day"; key: string; time: number }
  | { kind: "new"; key: string }
  | { kind: "timer"; key: string; message: Message }
  | { kind: "message"; key: string; message: Message; first: boolean };

/** Messages of one side within this time belong together, in milliseconds. */
const TOGETHER = 5 * 60 * 1000;

/** The lines of the shown part, with a line for each day and one above what is new. */
export function rows(w: Window, marker: string): Row[] {
  const out: Row[] = [];
  let before: Message | undefined;
  for (const message of w.messages.slice(w.start, w.end)) {
    const day = dayOf(message.time);
    const newDay = !before || dayOf(before.time) !== day;
    // Clocks of two people differ, so a day may come twice: its key says where.
    if (newDay) out.push({ kind: "day", key: `day-${message.cursor}`, time: message.time });
    const isMarker = marker !== "" && message.cursor === marker;
    if (isMarker) out.push({ kind: "new", key: "new" });
    if (message.kind === "timer") {
      out.push({ kind: "timer", key: message.id, message });
      before = message;
      continue;
    }
    const first =
      newDay ||
      before?.kind === "timer" ||
      isMarker ||
      before?.mine !== message.mine ||
      Math.abs(message.time - before.time) > TOGETHER;
    out.push({ kind: "message", key: message.id, message, first });
    before = message;
  }
  return out;
}
