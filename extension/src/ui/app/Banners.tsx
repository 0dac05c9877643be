import { Notice } from "../lib/Notice";
import { Place } from "../lib/slice";
import type { Data, State } from "../lib/state";
import { t } from "./texts";

/** What the person should know at once, whatever they look at. */
export function Banners({ state, data }: { state: State; data: Data }) {
  const agent = state.agent.value;
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
      <Place at="banner" given={{ state, data }} />
    </div>
  );
}
