import { useEffect, useState } from "preact/hooks";
import { platform } from "../../platform";
import { language } from "../lib/catalogue";
import { size } from "./size";
import { t } from "./texts";

interface Figures {
  used: number;
  quota: number;
}

/** What the browser promises about our data, how much there is, and what copies exist. */
export function StorageSettings() {
  const [kept, setKept] = useState<boolean>();
  const [refused, setRefused] = useState(false);
  const [figures, setFigures] = useState<Figures | undefined>();
  useEffect(() => {
    let current = true;
    void platform.persisted().then((value) => current && setKept(value));
    void platform.estimate().then((value) => current && setFigures(value));
    return () => {
      current = false;
    };
  }, []);

  const ask = async () => {
    const granted = await platform.persist();
    setKept(granted);
    setRefused(!granted);
  };

  const now = language.value;
  return (
    <section aria-labelledby="settings-storage" data-testid="storage-settings">
      <h3 id="settings-storage">{t("storage.title")}</h3>
      {kept !== undefined && (
        <p class="note" data-testid="storage-kept" data-kept={kept}>
          {t(kept ? "storage.kept" : "storage.atRisk")}
        </p>
      )}
      {kept === false && (
        <button type="button" class="button" data-testid="persist" onClick={() => void ask()}>
          {t("storage.ask")}
        </button>
      )}
      <p class="note" role="status">
        {refused ? t("storage.refused") : ""}
      </p>
      <dl>
        <dt>{t("storage.used")}</dt>
        <dd data-testid="storage-used">
          {figures
            ? t("storage.usedOf", {
                used: size(figures.used, now),
                quota: size(figures.quota, now),
              })
            : t("storage.unknown")}
        </dd>
        <dt>{t("storage.backup")}</dt>
        <dd data-testid="storage-backup">{t("storage.never")}</dd>
      </dl>
    </section>
  );
}
