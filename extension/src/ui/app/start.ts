import { platform } from "../../platform";
import { setLanguage } from "../lib/catalogue";
import { paceDrawing } from "../lib/pace";
import { State } from "../lib/state";
import { slices } from "./slices";

/** What a page begins with: its language, its pace and the state of all slices. */
export async function start(): Promise<State> {
  setLanguage("");
  paceDrawing();
  const state = new State(await platform.connectAgent(), slices);
  for (const { watch } of slices) watch?.(state);
  return state;
}
