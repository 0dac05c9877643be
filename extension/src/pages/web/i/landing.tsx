import "../../styles";
import { render } from "preact";
import { platform } from "../../../platform";
import { Landing } from "../../../ui/landing/Landing";
import { setLanguage } from "../../../ui/lib/catalogue";
import { rootElement } from "../../root";
import { came } from "./came"; // first of all, the secret goes out of the address
import { type Came, takeLink } from "./fragment";

const root = rootElement();

const loadApp = () => import("../../../ui/app/mount");

async function open(link: string): Promise<void> {
  const { mountApp } = await loadApp();
  platform.openAppWithInvite(link);
  render(null, root);
  await mountApp(root, true);
}

function show({ link, broken, seen }: Came): void {
  render(<Landing key={link} link={link} broken={broken} seen={seen} onOpen={open} />, root);
}

setLanguage("");
show(came);
if (came.link) {
  // They come while the person reads; a failure shows when they are needed.
  void loadApp().catch(() => undefined);
  platform.prepareAgent();
}

// Another link that is opened in this same tab.
globalThis.addEventListener("hashchange", () => {
  if (location.pathname === "/i/" && location.hash.length > 1) show(takeLink());
});
