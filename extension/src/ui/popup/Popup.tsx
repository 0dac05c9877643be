import { useCallback, useState } from "preact/hooks";
import { platform } from "../../platform";
import { t } from "../catalogue";
import { ErrorNote } from "../components";
import { errorText } from "../errors";
import { Icon } from "../icons";
import { InvitePane } from "../invite/InvitePane";
import { RelayLight } from "../shell/RelayLight";
import type { State } from "../state";
import { QuickReply } from "./QuickReply";
import "./popup.css";

/** The small window behind the extension's button. */
export function Popup({ state }: { state: State }) {
  const data = state.data.value;
  const ready = data?.phase === "ready";
  const [error, setError] = useState("");

  // The app shows the conversation that is open here.
  const open = useCallback(() => {
    const view = state.view.peek();
    const conversation = view.kind === "conversation" ? view.id : undefined;
    void platform.openApp(conversation).then(() => window.close());
  }, [state]);

  const invite = () => {
    setError("");
    state.invite("").catch((reason) => setError(errorText(reason)));
  };

  return (
    <div class="popup">
      <div class="air" aria-hidden="true" />
      <header class="popup-top">
        <h1>{t("popup.title")}</h1>
        {ready && (
          <button type="button" class="button primary" data-testid="invite-new" onClick={invite}>
            {t("popup.invite")}
          </button>
        )}
      </header>
      <main class="popup-body">
        <ErrorNote text={error} />
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
  const choose = useCallback((id: string) => state.show({ kind: "conversation", id }), [state]);

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
        <p>{t(locked ? "lock.popup" : "lock.popupBroken")}</p>
        {locked && (
          <button type="button" class="button primary" data-testid="begin" onClick={onOpen}>
            {t("lock.unlock")}
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
  const invite = view.kind === "invite" && state.invites.value.find(({ id }) => id === view.id);
  if (invite) {
    return (
      <div class="popup-invite">
        <button
          type="button"
          class="icon-button"
          data-testid="back"
          aria-label={t("conversation.back")}
          onClick={() => state.show({ kind: "home" })}
        >
          <Icon name="back" />
        </button>
        <InvitePane key={invite.id} state={state} invite={invite} />
      </div>
    );
  }
  return (
    <QuickReply
      client={state.client}
      conversations={state.conversations.value}
      chosen={view.kind === "conversation" ? view.id : ""}
      onChoose={choose}
      drafts={state.drafts}
    />
  );
}
