import type { Event, Message } from "../../api";
import type { Slice } from "../lib/slice";
import type { Data } from "../lib/state";
import { DeleteEverywhere, DeleteHere } from "./DeleteDialog";
import { Deletions } from "./Deletions";
import { Forget } from "./Forget";
import { TimerButton } from "./TimerButton";
import { de, en, t } from "./texts";
import "./deletion.css";

/** How messages go: deleted, by their timer, or with all of a conversation. */
export const deletion: Slice = {
  texts: { en, de },
  reduce,
  places: { banner: Deletions, head: TimerButton, details: Forget },
  actions: [
    {
      testid: "message-delete-everyone",
      icon: "trash",
      danger: true,
      label: (message) => (forEveryone(message) ? t("delete.everyoneMenu") : undefined),
      Dialog: DeleteEverywhere,
    },
    {
      testid: "message-delete",
      icon: "trash",
      danger: true,
      label: (message) => {
        if (message.kind === "deleted") return t("delete.removeMenu");
        return t(forEveryone(message) ? "delete.hereMenu" : "delete.menu");
      },
      Dialog: DeleteHere,
    },
  ],
};

/** The deletions under way. */
function reduce(data: Data, event: Event): Data {
  if (event.kind !== "deletion") return data;
  const deletion = event.data;
  const others = data.deletions.filter((d) => d.conversation !== deletion.conversation);
  return { ...data, deletions: deletion.ended ? others : [...others, deletion] };
}

/** What has not left is not sent any more: there is nobody else to ask. */
function forEveryone({ mine, kind, state }: Message): boolean {
  return mine && kind !== "deleted" && state !== "sending";
}
