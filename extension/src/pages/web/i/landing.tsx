import "./fragment"; // first of all, the secret goes out of the address

import { render } from "preact";
import { platform } from "../../../platform";
import { setLanguage } from "../../../ui/catalogue";
import { Landing } from "../../../ui/landing/Landing";
import { rootElement } from "../../root";
import { fragment } from "./fragment";

const root = rootElement();

const loadApp = () => import("../../../ui/shell/mount");

async function open(link: string): Promise<void> {
  const { mountApp } = await loadApp();
  platform.openAppWithInvite(link);
  render(null, root);
  await mountApp(root, true);
}

function show(what: string): void {
  render(<Landing key={what} fragment={what} onOpen={open} />, root);
}

setLanguage("");
show(fragment);
if (fragment) {
  // They come while the person reads; a failure shows when they are needed.
  void loadApp().catch(() => undefined);
  platform.prepareAgent();
}

// Another link that is opened in this same tab.
globalThis.addEventListener("hashchange", () => {
  if (location.pathname !== "/i/" || location.hash.length < 2) return;
  const next = location.hash.slice(1);
  history.replaceState(null, "", location.pathname);
  show(next);
});
