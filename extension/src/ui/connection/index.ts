import type { Event } from "../../api";
import type { Slice } from "../lib/slice";
import type { Data } from "../lib/state";
import { Alarms } from "./Alarms";
import { Connection } from "./Connection";
import { de, en } from "./texts";

/** How the relay is reached. */
export const connection: Slice = {
  texts: { en, de },
  reduce,
  places: { banner: Alarms, settings: Connection },
};

function reduce(data: Data, event: Event): Data {
  return event.kind === "relay" ? { ...data, relay: event.data } : data;
}
