import type { Slice } from "../lib/slice";
import { AskToKeep } from "./AskToKeep";
import { StorageSettings } from "./StorageSettings";
import { de, en } from "./texts";

/** What the browser keeps of Petmail. */
export const storage: Slice = {
  texts: { en, de },
  places: { settings: StorageSettings, desk: AskToKeep },
};
