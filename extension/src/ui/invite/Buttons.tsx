import { useState } from "preact/hooks";
import { errorText } from "../lib/errors";
import { Icon } from "../lib/Icon";
import { ErrorNote } from "../lib/Notice";
import type { State } from "../lib/state";
import { enterView, invite } from "./invites";
import { t } from "./texts";

/** Opens an invitation, once at a time, and tells why it could not. */
function useInvite(state: State) {
  const [error, setError] = useState("");
  const [busy, setBusy] = useState(false);
  const open = async () => {
    if (busy) return;
    setBusy(true);
    setError("");
    try {
      await invite(state, "");
    } catch (reason) {
      setError(errorText(reason));
    } finally {
      setBusy(false);
    }
  };
  return { open: () => void open(), busy, error };
}

/** Above the list, and in the popup. */
export function InviteButton({ state }: { state: State }) {
  const { open, busy, error } = useInvite(state);
  return (
    <>
      <button
        type="button"
        class="button primary"
        data-testid="invite-new"
        aria-disabled={busy}
        onClick={open}
      >
        {t("invite.new")}
      </button>
      <ErrorNote text={error} />
    </>
  );
}

/** Below the list. */
export function HaveButton({ state }: { state: State }) {
  return (
    <button
      type="button"
      class="button quiet have"
      data-testid="invite-have"
      onClick={() => state.show(enterView)}
    >
      <Icon name="key" />
      {t("invite.have")}
    </button>
  );
}

/** Where there is nobody to write to. */
export function BeginButtons({ state }: { state: State }) {
  const { open, busy, error } = useInvite(state);
  return (
    <>
      <ErrorNote text={error} />
      <div class="column">
        <button
          type="button"
          class="button primary"
          data-testid="home-invite"
          aria-disabled={busy}
          onClick={open}
        >
          {t("invite.first")}
        </button>
        <button
          type="button"
          class="button quiet"
          data-testid="home-have"
          onClick={() => state.show(enterView)}
        >
          {t("invite.have")}
        </button>
      </div>
    </>
  );
}
