import type { Event } from "../../api";
import type { Slice } from "../lib/slice";
import type { Data } from "../lib/state";
import { watchActivity } from "./activity";
import { Broken } from "./Broken";
import { LockAtOnce } from "./LockAtOnce";
import { LockSettings } from "./LockSettings";
import { de, en } from "./texts";
import { Unlock } from "./Unlock";

/** What opens this Petmail, and what is shown while it is closed. */
export const lock: Slice = {
  texts: { en, de },
  reduce,
  phases: { locked: Unlock, broken: Broken },
  places: { settings: LockSettings, corner: LockAtOnce },
  watch: watchActivity,
};

function reduce(data: Data, event: Event): Data {
  return event.kind === "locks" ? { ...data, locks: event.data.locks } : data;
}
