import type { Slice } from "../lib/slice";
import { Details } from "./Details";
import { Told } from "./Told";
import { de, en } from "./texts";

/** Who somebody is, and how one knows. */
export const details: Slice = {
  texts: { en, de },
  places: { told: Told, beside: Details },
};
