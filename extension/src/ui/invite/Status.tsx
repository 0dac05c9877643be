import type { Invite } from "../../api";
import { t } from "../catalogue";
import { ended } from "../state";

/** How an invitation stands, in words. */
export function Status({ invite }: { invite: Invite }) {
  const { mine, state, codeFailed } = invite;
  // The code and the link can end apart.
  const burnt = mine && codeFailed && !ended(invite) && state !== "done";
  return (
    <div class="invite-states" role="status">
      {burnt && (
        <p class="invite-status bad" data-testid="invite-status" data-state="failed">
          {t("invite.codeBurnt")} {t("invite.linkStands")}
        </p>
      )}
      <p
        class={`invite-status${ended(invite) ? " bad" : ""}`}
        data-testid="invite-status"
        data-state={state}
      >
        {!ended(invite) && <span class={`light ${state}`} aria-hidden="true" />}
        {t(mine ? `invite.mine.${state}` : `invite.theirs.${state}`)}
      </p>
    </div>
  );
}
