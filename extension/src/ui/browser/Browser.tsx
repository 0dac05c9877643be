import { useEffect, useState } from "preact/hooks";
import { platform } from "../../platform";
import type { Data } from "../lib/state";
import { t } from "./texts";
import "./browser.css";

/** What the browser can do for Petmail: install it, bring invitations to it. */
export function Browser({ data }: { data: Data }) {
  return (
    <section aria-labelledby="settings-browser">
      <h3 id="settings-browser">{t("browser.title")}</h3>
      <Install />
      {platform.kind === "web" ? <AllLinks /> : <RelayLinks relay={data.relay.url} />}
    </section>
  );
}

function Install() {
  const [can, setCan] = useState(false);
  useEffect(() => platform.onCanInstall(setCan), []);
  if (!can) return null;
  return (
    <div class="offer">
      <button
        type="button"
        class="button"
        data-testid="install"
        onClick={() => void platform.install()}
      >
        {t("browser.install")}
      </button>
      <p class="note">{t("browser.installNote")}</p>
    </div>
  );
}

/** The web app: links that any page hands over. */
function AllLinks() {
  return (
    <div class="offer">
      <button
        type="button"
        class="button"
        data-testid="open-links-here"
        onClick={() => platform.registerHandover()}
      >
        {t("browser.links")}
      </button>
      <p class="note">{t("browser.linksNote")}</p>
    </div>
  );
}

/** The extension: links of the relay, taken over before the relay is asked. */
function RelayLinks({ relay }: { relay: string }) {
  const [allowed, setAllowed] = useState<boolean>();
  const ask = async () => setAllowed(await platform.requestRelayPermission(relay));
  if (relay === "" || relay === platform.defaultRelay()) {
    return <p class="note">{t("browser.linksOpenHere")}</p>;
  }
  return (
    <div class="offer">
      <button type="button" class="button" data-testid="open-links-here" onClick={() => void ask()}>
        {t("browser.links")}
      </button>
      <p class="note">{t("browser.linksRelayNote")}</p>
      <p class="note" role="status">
        {allowed === undefined ? "" : t(allowed ? "browser.linksOpenHere" : "browser.linksRefused")}
      </p>
    </div>
  );
}
