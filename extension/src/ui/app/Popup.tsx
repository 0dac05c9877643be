import { useCallback } from "preact/hooks";
import { platform } from "../../platform";
import { Icon } from "../lib/Icon";
import { RelayLight } from "../lib/RelayLight";
import { kindOf, Place } from "../lib/slice";
import type { State } from "../lib/state";
import { conversationIn, home } from "../lib/view";
import { t } from "./texts";
import "./popup.css";

/** The small window behind the extension's button. */
export function Popup({ state }: { state: State }) {
  const data = state.data.value;
  const ready = data?.phase === "ready";

  // The app shows the conversation that is open here.
  const open = useCallback(() => {
    const conversation = conversationIn(state.view.peek()) || undefined;
    void platform.openApp(conversation).then(() => window.close());
  }, [state]);

  return (
    <div class="popup">
      <div class="air" aria-hidden="true" />
      <header class="popup-top">
        <h1>{t("popup.title")}</h1>
        {ready && <Place at="top" given={{ state }} />}
      </header>
      <main class="popup-body">
        <Body state={state} onOpen={open} />
      </main>
      <footer class="popup-bottom">
        {ready ? <RelayLight relay={data.relay} testid="relay-state" /> : <span />}
        <button type="button" class="button quiet" data-testid="open-app" onClick={open}>
          {t("popup.open")}
        </button>
      </footer>
    </div>
  );
}

function Body({ state, onOpen }: { state: State; onOpen: () => void }) {
  const data = state.data.value;
  const view = state.view.value;

  if (!data) {
    const gone = state.agent.value === "unavailable";
    return (
      <div class="popup-empty" role={gone ? "alert" : "status"}>
        <p>{t(gone ? "popup.unavailable" : "popup.starting")}</p>
      </div>
    );
  }
  if (data.phase === "locked" || data.phase === "broken") {
    const locked = data.phase === "locked";
    return (
      <div class="popup-empty" data-testid={data.phase}>
        <p>{t(locked ? "popup.locked" : "popup.broken")}</p>
        {locked && (
          <button type="button" class="button primary" data-testid="begin" onClick={onOpen}>
            {t("popup.unlock")}
          </button>
        )}
      </div>
    );
  }
  if (data.phase === "new") {
    return (
      <div class="popup-empty">
        <p>{t("popup.new")}</p>
        <button type="button" class="button primary" data-testid="begin" onClick={onOpen}>
          {t("popup.begin")}
        </button>
      </div>
    );
  }
  const kind = kindOf(state.slices, view);
  const back = () => state.show(home);
  const drawn = kind?.popup && kind.draw({ state, data, view, onBack: back });
  if (drawn) {
    return (
      <div class="popup-invite">
        <button
          type="button"
          class="icon-button"
          data-testid="back"
          aria-label={t("shell.back")}
          onClick={back}
        >
          <Icon name="back" />
        </button>
        {drawn}
      </div>
    );
  }
  return <Place at="popup" given={{ state }} />;
}
