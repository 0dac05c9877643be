import type { Invite } from "../../api";
import { t } from "../catalogue";
import { safeLine } from "../conversation/text";
import { Icon } from "../icons";
import { ended, listed, type State } from "../state";

/** The invitations that are open or failed, above the people. */
export function InviteItems({ state }: { state: State }) {
  const invites = state.invites.value.filter(listed);
  const view = state.view.value;
  if (invites.length === 0) return null;
  return (
    <ul class="invite-items" aria-label={t("shell.invitations")}>
      {invites.map((invite) => {
        const on = view.kind === "invite" && view.id === invite.id;
        return (
          <li key={invite.id}>
            <button
              type="button"
              class={`invite-item${on ? " on" : ""}`}
              data-testid="invite-item"
              aria-current={on ? "true" : undefined}
              onClick={() => state.show({ kind: "invite", id: invite.id })}
            >
              <span class="invite-sign" aria-hidden="true">
                <Icon name="letter" />
              </span>
              <span class="invite-item-words">
                <span class="invite-item-name">
                  <bdi>{label(invite)}</bdi>
                </span>
                <small class={bad(invite) ? "bad" : ""}>{short(invite)}</small>
              </span>
            </button>
          </li>
        );
      })}
    </ul>
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
