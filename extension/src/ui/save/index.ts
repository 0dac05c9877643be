import type { Slice } from "../lib/slice";
import { Save } from "./Save";
import { de, en } from "./texts";

/** What was said in a conversation, as a text file. */
export const save: Slice = { texts: { en, de }, places: { details: Save } };
