import type { Event } from "../../api";
import type { Slice } from "../lib/slice";
import type { Data } from "../lib/state";
import { Health } from "./Health";
import { de, en } from "./texts";

/** How the device and the agent are. */
export const health: Slice = { texts: { en, de }, reduce, places: { banner: Health } };

function reduce(data: Data, event: Event): Data {
  switch (event.kind) {
    case "diskFull":
      return { ...data, diskFull: event.data };
    case "trouble":
      return { ...data, trouble: event.data };
    case "clock":
      return { ...data, clock: event.data };
    default:
      return data;
  }
}
