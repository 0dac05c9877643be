import { type Slice, viewKind } from "../lib/slice";
import { BeginButtons, HaveButton, InviteButton } from "./Buttons";
import { EnterPane } from "./EnterPane";
import { InviteItems } from "./InviteItems";
import { InvitePane } from "./InvitePane";
import { arrive, type EnterView, follow, type InviteView, reduce } from "./invites";
import { de, en } from "./texts";

/** Invitations: one's own, and those of others. */
export const invite: Slice = {
  texts: { en, de },
  reduce,
  follow,
  listItems: InviteItems,
  views: [
    viewKind<InviteView>(
      "invite",
      ({ state, data, view }) => {
        const invite = data.invites.find(({ id }) => id === view.id);
        return invite && <InvitePane key={invite.id} state={state} invite={invite} />;
      },
      { popup: true },
    ),
    viewKind<EnterView>("enter", ({ state, view }) => (
      <EnterPane state={state} text={view.text} asked={view.asked} error={view.error} />
    )),
  ],
  places: { top: InviteButton, foot: HaveButton, begin: BeginButtons },
  arrive,
};
