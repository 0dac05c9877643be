import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Settings } from "../../api";
import { platform } from "../../platform";
import { languages } from "../lib/catalogue";
import { Changes } from "../lib/changes";
import { errorText } from "../lib/errors";
import { Field } from "../lib/Field";
import { ErrorNote } from "../lib/Notice";
import { Place } from "../lib/slice";
import type { Data, State } from "../lib/state";
import { Name } from "./Name";
import { Switch } from "./Switch";
import { t } from "./texts";
import "./settings.css";

/** What a person can choose about their Petmail, and how it is doing. */
export function SettingsPane({ state, data }: { state: State; data: Data }) {
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), []);
  return (
    <article class="settings" aria-labelledby="settings-title" data-testid="settings-pane">
      <h2 id="settings-title" ref={title} tabIndex={-1}>
        {t("settings.title")}
      </h2>
      <Name client={state.client} name={data.name} />
      <Preferences state={state} settings={data.settings} />
      <Place at="settings" given={{ state, data }} />
    </article>
  );
}

function Preferences({ state, settings }: { state: State; settings: Settings }) {
  const [error, setError] = useState("");
  const [blocked, setBlocked] = useState(false);
  const changes = useMemo(
    () => new Changes(state.client, () => state.data.peek()?.settings),
    [state],
  );

  // What was allowed once may have been forbidden since, in the browser.
  useEffect(() => {
    if (!settings.notifications) return;
    let current = true;
    void platform.notificationPermission().then((may) => current && setBlocked(!may));
    return () => {
      current = false;
    };
  }, [settings.notifications]);

  const change = async (some: Partial<Settings>) => {
    setError("");
    try {
      await changes.make(some);
    } catch (refusal) {
      setError(errorText(refusal));
    }
  };

  const notify = async (on: boolean) => {
    // Asked first, while the click still counts for the browser.
    const may = !on || (await platform.requestNotificationPermission().catch(() => false));
    setBlocked(!may);
    await change({ notifications: on && may });
  };

  return (
    <>
      <section aria-labelledby="settings-messages">
        <h3 id="settings-messages">{t("settings.messages")}</h3>
        <Switch
          label={t("settings.notifications")}
          note={t("settings.notificationsNote")}
          on={settings.notifications && !blocked}
          testid="notifications"
          onChange={(on) => void notify(on)}
        />
        <ErrorNote text={blocked ? t("settings.notificationsRefused") : ""} />
        <Switch
          label={t("settings.quickReceipts")}
          note={t("settings.quickReceiptsNote")}
          on={settings.quickReceipts}
          testid="quick-receipts"
          onChange={(on) => void change({ quickReceipts: on })}
        />
        <ErrorNote text={error} />
      </section>
      <Field label={t("settings.language")}>
        {(named) => (
          <select
            {...named}
            data-testid="language"
            value={settings.language}
            onChange={(event) => void change({ language: event.currentTarget.value })}
          >
            <option value="">{t("settings.languageBrowser")}</option>
            {Object.entries(languages).map(([tag, name]) => (
              <option key={tag} value={tag} lang={tag}>
                {name}
              </option>
            ))}
          </select>
        )}
      </Field>
    </>
  );
}
