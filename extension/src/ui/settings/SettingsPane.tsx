import { useEffect, useRef, useState } from "preact/hooks";
import { MaxNameRunes, type Settings } from "../../api";
import { platform } from "../../platform";
import { languages, t } from "../catalogue";
import { ErrorNote } from "../components";
import { errorText } from "../errors";
import { RelayLight } from "../shell/RelayLight";
import type { Data, State } from "../state";
import { Device } from "./Device";
import { Switch } from "./Switch";
import "./settings.css";

/** The choices of the person. */
export function SettingsPane({ state, data }: { state: State; data: Data }) {
  const title = useRef<HTMLHeadingElement>(null);
  const [error, setError] = useState("");
  const { settings, relay } = data;

  useEffect(() => title.current?.focus(), []);

  const change = async (some: Partial<Settings>) => {
    setError("");
    try {
      await state.client.call("settings", { ...settings, ...some });
    } catch (reason) {
      setError(errorText(reason));
    }
  };

  const notify = async (on: boolean) => {
    // The browser asks only within the click.
    if (on && !(await platform.requestNotificationPermission())) {
      setError(t("settings.notificationsRefused"));
      return;
    }
    await change({ notifications: on });
  };

  return (
    <article class="settings" aria-labelledby="settings-title">
      <h2 id="settings-title" ref={title} tabIndex={-1}>
        {t("settings.title")}
      </h2>
      <ErrorNote text={error} />
      <Name state={state} name={data.name} />
      <section>
        <Switch
          label={t("settings.notifications")}
          note={t("settings.notificationsNote")}
          on={settings.notifications}
          testid="setting-notifications"
          onChange={(on) => void notify(on)}
        />
        <Switch
          label={t("settings.quickReceipts")}
          note={t("settings.quickReceiptsNote")}
          on={settings.quickReceipts}
          testid="setting-quick-receipts"
          onChange={(quickReceipts) => void change({ quickReceipts })}
        />
        <div class="field">
          <label for="language">{t("settings.language")}</label>
          <select
            id="language"
            data-testid="setting-language"
            value={settings.language}
            onChange={(event) => void change({ language: event.currentTarget.value })}
          >
            <option value="">{t("settings.languageBrowser")}</option>
            {Object.entries(languages).map(([tag, itself]) => (
              <option key={tag} value={tag} lang={tag}>
                {itself}
              </option>
            ))}
          </select>
        </div>
      </section>
      <Device />
      <section>
        <h3>{t("settings.connection")}</h3>
        <dl>
          <dt>{t("settings.relay")}</dt>
          <dd dir="ltr">{relay.url}</dd>
          <dt>{t("settings.connection")}</dt>
          <dd>
            <RelayLight relay={relay} />
          </dd>
          <dt>{t("settings.version")}</dt>
          <dd dir="ltr">{data.version}</dd>
        </dl>
        <p class="note">{t("settings.relayNote")}</p>
      </section>
    </article>
  );
}

function Name({ state, name }: { state: State; name: string }) {
  const [text, setText] = useState(name);
  const [said, setSaid] = useState<{ error?: string; saved?: boolean }>({});

  // Another page may have changed it.
  useEffect(() => setText(name), [name]);

  const save = async () => {
    try {
      await state.client.call("rename", { name: text.trim() });
      setSaid({ saved: true });
    } catch (reason) {
      setSaid({ error: errorText(reason) });
    }
  };

  return (
    <form
      class="field"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <label for="own-name">{t("settings.name")}</label>
      <div class="row">
        <input
          id="own-name"
          data-testid="own-name"
          value={text}
          maxLength={MaxNameRunes}
          dir="auto"
          autocomplete="nickname"
          aria-describedby="own-name-note"
          onInput={(event) => {
            setText(event.currentTarget.value);
            setSaid({});
          }}
        />
        <button type="submit" class="button" data-testid="own-name-save">
          {t("settings.save")}
        </button>
      </div>
      <p class="note" id="own-name-note">
        {t("settings.nameNote")}
      </p>
      <p class="note" role="status">
        {said.saved ? t("settings.saved") : ""}
      </p>
      <ErrorNote text={said.error ?? ""} />
    </form>
  );
}
