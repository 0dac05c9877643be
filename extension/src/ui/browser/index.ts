import type { Slice } from "../lib/slice";
import { Browser } from "./Browser";
import { de, en } from "./texts";

/** What the browser can do for Petmail. */
export const browser: Slice = { texts: { en, de }, places: { settings: Browser } };
