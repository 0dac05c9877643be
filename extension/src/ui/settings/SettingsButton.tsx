import type { State } from "../lib/state";
import { t } from "./texts";

/** Below the list. */
export function SettingsButton({ state }: { state: State }) {
  return (
    <button
      type="button"
      class="button quiet"
      data-testid="settings"
      aria-current={state.view.value.kind === "settings" ? "page" : undefined}
      onClick={() => state.show({ kind: "settings" })}
    >
      {t("settings.open")}
    </button>
  );
}
