import type { Invite } from "../../api";
import { ended } from "./invites";
import { t } from "./texts";

/** How an invitation stands, in words. */
export function Status({ invite }: { invite: Invite }) {
  const { mine, state, codeFailed, unfit, met } = invite;
  // The code and the link can end apart.
  const burnt = mine && codeFailed && !ended(invite) && state !== "done";
  const words = mine ? t(`invite.mine.${state}`) : theirs(state, met ?? false);
  return (
    <div class="invite-states" role="status">
      {burnt && (
        <p class="invite-status bad" data-testid="invite-status" data-state="failed">
          {t("invite.codeBurnt")} {t("invite.linkStands")}
        </p>
      )}
      {unfit && (
        <p class="invite-status bad" data-testid="invite-status" data-state="unsupported">
          {t(`invite.unfit.${unfit}`)}
        </p>
      )}
      <p
        class={`invite-status${ended(invite) ? " bad" : ""}`}
        data-testid="invite-status"
        data-state={state}
      >
        {!ended(invite) && <span class={`light ${state}`} aria-hidden="true" />}
        {words}
      </p>
    </div>
  );
}

/** The words for who was invited; met: both sides had agreed on a key. */
function theirs(state: Invite["state"], met: boolean): string {
  if (met && state === "used") return t("invite.theirs.lost");
  if (met && state === "unsupported") return t("invite.theirs.unfit");
  return t(`invite.theirs.${state}`);
}
