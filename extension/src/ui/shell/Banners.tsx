import { t } from "../catalogue";
import { Notice } from "../components";
import type { Data, State } from "../state";
import { ClockOff } from "./ClockOff";

/** What the person should know at once, whatever they look at. */
export function Banners({ state, data }: { state: State; data: Data }) {
  const agent = state.agent.value;
  const { relay } = data;
  return (
    <div class="banners">
      {agent === "restarting" && (
        <Notice icon="clock" role="status">
          {t("shell.restarting")}
        </Notice>
      )}
      {state.restarted.value && agent === "ready" && (
        <Notice icon="check" role="status" testid="restarted">
          <p>{t("shell.restarted")}</p>
          <button
            type="button"
            class="button small"
            onClick={() => {
              state.restarted.value = false;
            }}
          >
            {t("shell.understood")}
          </button>
        </Notice>
      )}
      {(data.diskFull || (agent === "unavailable" && state.reason.value === "full")) && (
        <Notice icon="warning" tone="warn" role="alert" testid="disk-full">
          {t("shell.diskFull")}
        </Notice>
      )}
      {data.deletions.map(({ conversation, done, total }) => (
        <Notice icon="trash" role="status" testid="deletion" key={conversation}>
          <p>{t("forget.deleting", { done, total })}</p>
          <progress aria-label={t("forget.progress")} max={total} value={done} />
        </Notice>
      ))}
      {data.trouble && (
        <Notice icon="warning" tone="warn" role="alert" testid="error">
          {t("shell.trouble")}
        </Notice>
      )}
      {data.clock && data.clock.off !== 0 && <ClockOff off={data.clock.off} />}
      {relay.keyAlarm && (
        <Notice icon="warning" tone="warn" role="alert">
          {t("shell.relayAlarm")}
        </Notice>
      )}
      {relay.state === "offline" && !data.diskFull && (
        <Notice icon="offline" role="status" testid="offline">
          <p>{t("shell.offline")}</p>
          <button
            type="button"
            class="button small"
            onClick={() => void state.client.call("nudge", {}).catch(() => undefined)}
          >
            {t("shell.offlineRetry")}
          </button>
        </Notice>
      )}
    </div>
  );
}
