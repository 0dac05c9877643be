import { useState } from "preact/hooks";
import type { AgentClient } from "../../agent/types";
import type { Conversation } from "../../api";
import { errorText } from "../lib/errors";
import { ErrorNote } from "../lib/Notice";
import { likeness } from "../lib/names";
import { safeLine } from "../lib/text";
import { t } from "./texts";

interface Props {
  client: AgentClient;
  conversation: Conversation;
  name: string;
}

/** What somebody says they are called, beside what the person calls them. */
export function TheirNames({ client, conversation, name }: Props) {
  const { id, newName = "", renamed, looksLike } = conversation;
  const theirs = safeLine(conversation.theirName);
  const [error, setError] = useState("");

  const use = async () => {
    setError("");
    try {
      await client.call("name.use", { conversation: id, name: newName });
    } catch (refusal) {
      setError(errorText(refusal));
    }
  };

  return (
    <>
      {theirs && theirs !== name && <p class="note">{t("details.theirName", { name: theirs })}</p>}
      {newName && <p class="note">{t("who.callsNow", { name: safeLine(newName) })}</p>}
      {newName && !renamed && (
        <button type="button" class="button quiet" data-testid="use-name" onClick={use}>
          {t("who.useName")}
        </button>
      )}
      {looksLike && (
        <p class="note" data-testid="looks-like" data-name={looksLike}>
          {likeness(name, looksLike)}. {t("who.sameNote")}
        </p>
      )}
      <ErrorNote text={error} />
    </>
  );
}
