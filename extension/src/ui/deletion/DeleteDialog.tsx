import type { Message } from "../../api";
import { ConfirmDialog } from "../lib/Dialog";
import { said } from "../lib/said";
import type { ActionProps } from "../lib/slice";
import { safeLine } from "../lib/text";
import { t } from "./texts";

/** Asks before a message is deleted here. */
export function DeleteHere({ client, conversation, message, name, take, onClose }: ActionProps) {
  const gone = { conversation: conversation.id, message: message.id };
  return (
    <ConfirmDialog
      title={t("delete.title")}
      confirm={t("delete.confirm")}
      danger
      onConfirm={async () => {
        await client.call("delete", gone);
        take({ kind: "messageRemoved", data: gone });
      }}
      onClose={onClose}
    >
      <Words message={message} words={here(message, name)} />
    </ConfirmDialog>
  );
}

/** Asks before a message of the person's own is deleted on both sides. */
export function DeleteEverywhere({ client, conversation, message, name, onClose }: ActionProps) {
  return (
    <ConfirmDialog
      title={t("delete.everyoneTitle")}
      confirm={t("delete.everyoneConfirm")}
      danger
      onConfirm={async () => {
        // A tombstone follows, unless nobody has it yet: then it is removed.
        await client.call("delete.all", { conversation: conversation.id, message: message.id });
      }}
      onClose={onClose}
    >
      <Words
        message={message}
        words={unsent(message) ? t("delete.unsent") : t("delete.everyone", { name })}
      />
    </ConfirmDialog>
  );
}

/** Which message it is, and how far its deletion reaches. */
function Words({ message, words }: { message: Message; words: string }) {
  return (
    <>
      {message.text && (
        <p class="quote">
          <bdi>{shortened(message.text)}</bdi>
        </p>
      )}
      <p>{words}</p>
      {message.kind !== "deleted" && <p class="note">{t("delete.promise")}</p>}
    </>
  );
}

function here(message: Message, name: string): string {
  if (message.kind === "deleted") return t("delete.tombstone");
  if (unsent(message)) return t("delete.unsent");
  return t(message.mine ? "delete.mine" : "delete.theirs", { name });
}

function unsent({ mine, state }: Message): boolean {
  return mine && state === "sending";
}

/** Enough of a message to know which it is. */
function shortened(text: string): string {
  const line = safeLine(said(text));
  return line.length > 160 ? `${line.slice(0, 160)}…` : line;
}
