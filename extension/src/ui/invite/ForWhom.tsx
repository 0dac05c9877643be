import type { Invite } from "../../api";
import { NameForm } from "../lib/NameForm";
import type { State } from "../lib/state";
import { noteInvite } from "./invites";
import { t } from "./texts";

/** Where the person notes whom an invitation is for, now or later. */
export function ForWhom({ state, invite }: { state: State; invite: Invite }) {
  return (
    <details class="fold">
      <summary data-testid="invite-for">{t("invite.forWhom")}</summary>
      <NameForm
        label={t("invite.forWhom")}
        heard
        note={t("invite.forWhomNote")}
        name={invite.note}
        testid="invite-note"
        button={t("invite.forWhomSave")}
        saved={t("invite.forWhomSaved")}
        onSave={async (name) => {
          await noteInvite(state, invite.id, name);
        }}
      />
    </details>
  );
}
