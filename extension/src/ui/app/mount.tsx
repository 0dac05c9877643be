import { render } from "preact";
import { platform } from "../../platform";
import { Slices } from "../lib/slice";
import { App } from "./App";
import { start } from "./start";

/**
 * Shows the app. confirmed: an invitation that is handed over was said yes to
 * on the landing page of this same document.
 */
export async function mountApp(root: Element, confirmed: boolean): Promise<void> {
  const text = await platform.takeInvite();
  const state = await start();
  render(
    <Slices.Provider value={state.slices}>
      <App state={state} arrival={text ? { text, confirmed } : undefined} />
    </Slices.Provider>,
    root,
  );
}
