import type { Slice } from "../lib/slice";
import { FirstRun } from "./FirstRun";
import { de, en } from "./texts";

/** How a Petmail begins. */
export const firstrun: Slice = { texts: { en, de }, phases: { new: FirstRun } };
