import { useEffect, useState } from "preact/hooks";
import { platform } from "../../platform";
import { t } from "../catalogue";

/** What the browser can do for Petmail: install it, bring invitations to it. */
export function Browser({ relay }: { relay: string }) {
  return (
    <section aria-labelledby="settings-browser">
      <h3 id="settings-browser">{t("settings.browser")}</h3>
      <Install />
      {platform.kind === "web" ? <AllLinks /> : <RelayLinks relay={relay} />}
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
        {t("settings.install")}
      </button>
      <p class="note">{t("settings.installNote")}</p>
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
        {t("settings.links")}
      </button>
      <p class="note">{t("settings.linksNote")}</p>
    </div>
  );
}

/** The extension: links of the relay, taken over before the relay is asked. */
function RelayLinks({ relay }: { relay: string }) {
  const [allowed, setAllowed] = useState<boolean>();
  const ask = async () => setAllowed(await platform.requestRelayPermission(relay));
  if (relay === "" || relay === platform.defaultRelay()) {
    return <p class="note">{t("settings.linksOpenHere")}</p>;
  }
  return (
    <div class="offer">
      <button type="button" class="button" data-testid="open-links-here" onClick={() => void ask()}>
        {t("settings.links")}
      </button>
      <p class="note">{t("settings.linksRelayNote")}</p>
      <p class="note" role="status">
        {allowed === undefined
          ? ""
          : t(allowed ? "settings.linksOpenHere" : "settings.linksRefused")}
      </p>
    </div>
  );
}
