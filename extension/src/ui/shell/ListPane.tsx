import { useCallback, useState } from "preact/hooks";
import { t } from "../catalogue";
import { ErrorNote } from "../components";
import { errorText } from "../errors";
import { Icon } from "../icons";
import { ConversationList } from "../list/ConversationList";
import type { Data, State } from "../state";
import { InviteItems } from "./InviteItems";
import { NoteItems } from "./NoteItems";
import { RelayLight } from "./RelayLight";

/** The people, the open invitations, and the ways to everything else. */
export function ListPane({ state, data }: { state: State; data: Data }) {
  const [error, setError] = useState("");
  const [busy, setBusy] = useState(false);
  const view = state.view.value;
  // The same one each time, or every item would be drawn again.
  const select = useCallback((id: string) => state.show({ kind: "conversation", id }), [state]);

  const invite = async () => {
    if (busy) return;
    setBusy(true);
    setError("");
    try {
      await state.invite("");
    } catch (reason) {
      setError(errorText(reason));
    } finally {
      setBusy(false);
    }
  };

  return (
    <aside class="list-pane" aria-label={t("shell.people")}>
      <header class="list-top">
        <button
          type="button"
          class="brand"
          data-testid="home"
          aria-label={t("shell.home")}
          onClick={() => state.show({ kind: "home" })}
        >
          {t("shell.name")}
        </button>
        <button
          type="button"
          class="button primary"
          data-testid="invite-new"
          aria-disabled={busy}
          onClick={() => void invite()}
        >
          {t("shell.invite")}
        </button>
      </header>
      <ErrorNote text={error} />
      <div class="list-body">
        <InviteItems state={state} />
        <NoteItems state={state} />
        <ConversationList
          conversations={state.conversations.value}
          selected={view.kind === "conversation" ? view.id : ""}
          onSelect={select}
        />
      </div>
      <footer class="list-foot">
        <button
          type="button"
          class="button quiet have"
          data-testid="invite-have"
          onClick={() => state.show({ kind: "enter", text: "", asked: false, error: "" })}
        >
          <Icon name="key" />
          {t("shell.have")}
        </button>
        <div class="list-foot-row">
          <RelayLight relay={data.relay} testid="relay-state" />
          {data.locks?.length ? (
            <button
              type="button"
              class="icon-button"
              data-testid="lock-at-once"
              aria-label={t("lock.now")}
              title={t("lock.now")}
              onClick={() => void state.lock().catch(() => undefined)}
            >
              <Icon name="lock" />
            </button>
          ) : null}
          <button
            type="button"
            class="button quiet"
            data-testid="settings"
            aria-current={view.kind === "settings" ? "page" : undefined}
            onClick={() => state.show({ kind: "settings" })}
          >
            {t("shell.settings")}
          </button>
        </div>
      </footer>
    </aside>
  );
}
