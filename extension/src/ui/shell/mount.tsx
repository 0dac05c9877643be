import { render } from "preact";
import { platform } from "../../platform";
import { setLanguage } from "../catalogue";
import { watchActivity } from "../lock/activity";
import { paceDrawing } from "../pace";
import { State } from "../state";
import { App } from "./App";

/**
 * Shows the app. confirmed: an invitation that is handed over was said yes to
 * on the landing page of this same document.
 */
export async function mountApp(root: Element, confirmed: boolean): Promise<void> {
  setLanguage("");
  paceDrawing();
  const invite = await platform.takeInvite();
  const state = new State(await platform.connectAgent());
  watchActivity(state);
  render(<App state={state} arrival={invite ? { text: invite, confirmed } : undefined} />, root);
}
