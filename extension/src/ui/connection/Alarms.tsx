import { Notice } from "../lib/Notice";
import type { Data, State } from "../lib/state";
import { t } from "./texts";

/** What the person should know of the relay at once. */
export function Alarms({ state, data }: { state: State; data: Data }) {
  const { relay, diskFull } = data;
  return (
    <>
      {relay.keyAlarm && (
        <Notice icon="warning" tone="warn" role="alert">
          {t("connection.relayAlarm")}
        </Notice>
      )}
      {relay.state === "offline" && !diskFull && (
        <Notice icon="offline" role="status" testid="offline">
          <p>{t("connection.lost")}</p>
          <button
            type="button"
            class="button small"
            onClick={() => void state.client.call("nudge", {}).catch(() => undefined)}
          >
            {t("connection.retry")}
          </button>
        </Notice>
      )}
    </>
  );
}
