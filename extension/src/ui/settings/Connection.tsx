import { useEffect, useState } from "preact/hooks";
import type { AgentClient } from "../../agent/types";
import type { RelayState } from "../../api";
import { t } from "../catalogue";
import { Notice } from "../components";

interface Props {
  client: AgentClient;
  relay: RelayState;
  version: string;
}

/** How the relay is reached, and what it is. */
export function Connection({ client, relay, version }: Props) {
  const seconds = useSeconds(relay.retryAt);
  return (
    <section aria-labelledby="settings-connection">
      <h3 id="settings-connection">{t("settings.connection")}</h3>
      {relay.keyAlarm && (
        <Notice icon="warning" tone="warn" role="alert">
          {t("settings.keyAlarm")}
        </Notice>
      )}
      <p role="status">{t(`settings.${relay.state}`)}</p>
      {relay.state === "offline" && (
        <>
          {seconds > 0 && <p class="note">{t("settings.retryIn", { count: seconds })}</p>}
          <button
            type="button"
            class="button"
            data-testid="try-now"
            onClick={() => void client.call("nudge", {}).catch(() => undefined)}
          >
            {t("settings.tryNow")}
          </button>
        </>
      )}
      <details class="fold">
        <summary>{t("settings.details")}</summary>
        <dl>
          <dt>{t("settings.relay")}</dt>
          <dd>
            <bdi>{relay.url}</bdi>
          </dd>
          <dt>{t("settings.version")}</dt>
          <dd data-testid="version">{version}</dd>
        </dl>
        <p class="note">{t("settings.relayNote")}</p>
      </details>
    </section>
  );
}

/** Whole seconds until a time, in unix ms, counted down; 0 if it has passed. */
function useSeconds(until: number): number {
  const left = () => Math.max(0, Math.ceil((until - Date.now()) / 1000));
  const [seconds, setSeconds] = useState(left);
  useEffect(() => {
    setSeconds(left());
    if (left() === 0) return;
    const timer = setInterval(() => {
      setSeconds(left());
      if (left() === 0) clearInterval(timer);
    }, 1000);
    return () => clearInterval(timer);
  }, [until]);
  return seconds;
}
