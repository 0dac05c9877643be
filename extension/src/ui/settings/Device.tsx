import { useEffect, useState } from "preact/hooks";
import { platform } from "../../platform";
import { t } from "../catalogue";

/** What the browser can do for Petmail on this device. */
export function Device() {
  const [canInstall, setCanInstall] = useState(false);
  const [kept, setKept] = useState<boolean>();
  const [refused, setRefused] = useState(false);

  useEffect(() => platform.onCanInstall(setCanInstall), []);
  useEffect(() => {
    let current = true;
    void platform.persisted().then((persisted) => current && setKept(persisted));
    return () => {
      current = false;
    };
  }, []);

  const keep = async () => {
    const granted = await platform.persist();
    setKept(granted);
    setRefused(!granted);
  };

  return (
    <section>
      <h3>{t("settings.device")}</h3>
      {kept !== undefined && (
        <div class="offer">
          <p>{t(kept ? "settings.kept" : "settings.notKept")}</p>
          {!kept && (
            <button
              type="button"
              class="button"
              data-testid="setting-persist"
              onClick={() => void keep()}
            >
              {t("settings.keep")}
            </button>
          )}
          <p class="note" role="status">
            {refused ? t("settings.keepRefused") : ""}
          </p>
        </div>
      )}
      {canInstall && (
        <div class="offer">
          <button
            type="button"
            class="button"
            data-testid="setting-install"
            onClick={() => void platform.install()}
          >
            {t("settings.install")}
          </button>
          <p class="note">{t("settings.installNote")}</p>
        </div>
      )}
      {platform.kind === "web" && (
        <div class="offer">
          <button
            type="button"
            class="button"
            data-testid="setting-links"
            onClick={() => platform.registerHandover()}
          >
            {t("settings.links")}
          </button>
          <p class="note">{t("settings.linksNote")}</p>
        </div>
      )}
    </section>
  );
}
