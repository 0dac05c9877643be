import { useEffect, useState } from "preact/hooks";
import { Notice } from "../lib/Notice";
import type { Data, State } from "../lib/state";
import { t } from "./texts";

/** How the relay is reached, and what it is. */
export function Connection({ state, data }: { state: State; data: Data }) {
  const { relay, version } = data;
  const seconds = useSeconds(relay.retryAt);
  return (
    <section aria-labelledby="settings-connection">
      <h3 id="settings-connection">{t("connection.title")}</h3>
      {relay.keyAlarm && (
        <Notice icon="warning" tone="warn" role="alert">
          {t("connection.keyAlarm")}
        </Notice>
      )}
      <p role="status">{t(`connection.${relay.state}`)}</p>
      {relay.state === "offline" && (
        <>
          {seconds > 0 && <p class="note">{t("connection.retryIn", { count: seconds })}</p>}
          <button
            type="button"
            class="button"
            data-testid="try-now"
            onClick={() => void state.client.call("nudge", {}).catch(() => undefined)}
          >
            {t("connection.tryNow")}
          </button>
        </>
      )}
      <details class="fold">
        <summary>{t("connection.details")}</summary>
        <dl>
          <dt>{t("connection.relay")}</dt>
          <dd>
            <bdi>{relay.url}</bdi>
          </dd>
          <dt>{t("connection.version")}</dt>
          <dd data-testid="version">{version}</dd>
        </dl>
        <p class="note">{t("connection.relayNote")}</p>
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
