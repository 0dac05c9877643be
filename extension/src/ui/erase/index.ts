import type { Slice } from "../lib/slice";
import { Erase } from "./Erase";
import { de, en } from "./texts";

/** The way to be rid of everything. */
export const erase: Slice = { texts: { en, de }, places: { settings: Erase } };
