import type { Invite } from "../../api";
import { OpenItem, OpenItems } from "../lib/OpenItems";
import type { State } from "../lib/state";
import { safeLine } from "../lib/text";
import { ended, inviteView, listed } from "./invites";
import { t } from "./texts";

/** The invitations that are open or failed, above the people. */
export function InviteItems({ state }: { state: State }) {
  const invites = (state.data.value?.invites ?? []).filter(listed);
  const view = state.view.value;
  if (invites.length === 0) return null;
  return (
    <OpenItems label={t("invite.items")}>
      {invites.map((invite) => (
        <OpenItem
          key={invite.id}
          icon="letter"
          testid="invite-item"
          name={<bdi>{label(invite)}</bdi>}
          status={short(invite)}
          bad={bad(invite)}
          shown={view.kind === "invite" && view.id === invite.id}
          onOpen={() => state.show(inviteView(invite.id))}
        />
      ))}
    </OpenItems>
  );
}

function label(invite: Invite): string {
  if (!invite.mine) return t("invite.itemTheirs");
  const name = safeLine(invite.note);
  return name ? t("invite.itemMineFor", { name }) : t("invite.itemMine");
}

function bad(invite: Invite): boolean {
  return ended(invite) || invite.codeFailed;
}

function short(invite: Invite): string {
  const { state } = invite;
  if (invite.codeFailed && !ended(invite)) return t("invite.short.codeBurnt");
  if (state === "preparing" || state === "waiting" || state === "joining" || state === "done") {
    return t(`invite.short.${state}`);
  }
  return t("invite.short.ended");
}
