import type { Message } from "../../api";
import { t } from "../catalogue";
import { ConfirmDialog } from "../components";
import type { Messages } from "../conversation/messages";
import { said } from "../conversation/said";
import { safeLine } from "../conversation/text";

/** A message that the person wants gone. */
export interface Deleting {
  message: Message;
  /** Not only here. */
  everyone: boolean;
}

interface Props extends Deleting {
  messages: Messages;
  name: string;
  onClose: () => void;
}

/** Asks before a message is deleted, and says how far that reaches. */
export function DeleteDialog({ message, everyone, messages, name, onClose }: Props) {
  return (
    <ConfirmDialog
      title={t(everyone ? "delete.everyoneTitle" : "conversation.deleteTitle")}
      confirm={t(everyone ? "delete.everyoneConfirm" : "conversation.deleteConfirm")}
      danger
      onConfirm={() => messages.remove(message.id, everyone)}
      onClose={onClose}
    >
      {message.text && (
        <p class="quote">
          <bdi>{shortened(message.text)}</bdi>
        </p>
      )}
      <p>{words(message, everyone, name)}</p>
      {message.kind !== "deleted" && <p class="note">{t("delete.promise")}</p>}
    </ConfirmDialog>
  );
}

function words(message: Message, everyone: boolean, name: string): string {
  if (message.kind === "deleted") return t("delete.tombstone");
  if (message.mine && message.state === "sending") return t("delete.unsent");
  if (everyone) return t("delete.everyone", { name });
  return t(message.mine ? "conversation.deleteMine" : "conversation.deleteTheirs", { name });
}

/** Enough of a message to know which it is. */
function shortened(text: string): string {
  const line = safeLine(said(text));
  return line.length > 160 ? `${line.slice(0, 160)}…` : line;
}
