import { Icon } from "../lib/Icon";
import type { Data, State } from "../lib/state";
import { lockNow } from "./change";
import { t } from "./texts";

/** Below the list, where there is a lock. */
export function LockAtOnce({ state, data }: { state: State; data: Data }) {
  if (!data.locks?.length) return null;
  return (
    <button
      type="button"
      class="icon-button"
      data-testid="lock-at-once"
      aria-label={t("lock.now")}
      title={t("lock.now")}
      onClick={() => void lockNow(state).catch(() => undefined)}
    >
      <Icon name="lock" />
    </button>
  );
}
