import type { Event } from "../../api";
import { type Slice, viewKind } from "../lib/slice";
import type { Data } from "../lib/state";
import { SettingsButton } from "./SettingsButton";
import { SettingsPane } from "./SettingsPane";
import { de, en } from "./texts";

/** What a person can choose. */
export const settings: Slice = {
  texts: { en, de },
  reduce,
  views: [viewKind("settings", ({ state, data }) => <SettingsPane state={state} data={data} />)],
  places: { corner: SettingsButton },
};

function reduce(data: Data, event: Event): Data {
  switch (event.kind) {
    case "settings":
      return { ...data, settings: event.data };
    case "name":
      return { ...data, name: event.data };
    default:
      return data;
  }
}
