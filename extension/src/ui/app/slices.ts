import { browser } from "../browser";
import { connection } from "../connection";
import { conversation } from "../conversation";
import { deletion } from "../deletion";
import { details } from "../details";
import { erase } from "../erase";
import { firstrun } from "../firstrun";
import { health } from "../health";
import { invite } from "../invite";
import type { Slice } from "../lib/slice";
import { lock } from "../lock";
import { note } from "../note";
import { save } from "../save";
import { settings } from "../settings";
import { storage } from "../storage";

/**
 * All features of the pages. They draw, and are asked where the person is led,
 * in this order: an invitation that failed takes the place of its conversation
 * before the conversation is found gone.
 */
export const slices: readonly Slice[] = [
  firstrun,
  lock,
  settings,
  invite,
  note,
  conversation,
  details,
  save,
  deletion,
  health,
  storage,
  browser,
  connection,
  erase,
];
