import { useCallback, useEffect, useMemo, useState } from "preact/hooks";
import type { AgentClient } from "../../agent/types";
import type { Conversation, Message } from "../../api";
import { language } from "../lib/catalogue";
import { shownName } from "../lib/names";
import { said } from "../lib/said";
import { clock } from "../lib/time";
import { Composer } from "./Composer";
import { ConversationList } from "./ConversationList";
import type { Drafts } from "./drafts";
import { Messages } from "./messages";
import { rows } from "./rows";
import { t } from "./texts";
import "./quick.css";

/** At most so many messages stand in the popup; the app has all. */
const LATEST = 12;

interface QuickProps {
  client: AgentClient;
  /** In the order of the list. */
  conversations: readonly Conversation[];
  /** The one to answer, or "". */
  chosen: string;
  onChoose: (conversation: string) => void;
  drafts: Drafts;
}

/** Who wrote, what, and the way to answer at once. */
export function QuickReply({ client, conversations, chosen, onChoose, drafts }: QuickProps) {
  // Who wrote comes first; whom one has chosen stays where they were.
  const [order] = useState(() => new Map(byUnread(conversations).map((c, i) => [c.id, i])));
  const sorted = [...conversations].sort(
    (a, b) => (order.get(a.id) ?? -1) - (order.get(b.id) ?? -1),
  );
  const conversation = conversations.find((c) => c.id === chosen);

  if (conversations.length === 0) {
    return (
      <div class="popup-empty">
        <p>{t("quick.empty")}</p>
      </div>
    );
  }
  return (
    <>
      <div class="quick-list">
        <ConversationList conversations={sorted} selected={chosen} onSelect={onChoose} />
      </div>
      {conversation && (
        <Reply key={conversation.id} client={client} conversation={conversation} drafts={drafts} />
      )}
    </>
  );
}

function line(message: Message, name: string): string {
  if (message.kind === "text") return said(message.text);
  if (message.kind !== "deleted") return t("conversation.unknownKind");
  return t(message.mine ? "conversation.goneMine" : "conversation.goneTheirs", { name });
}

function byUnread(conversations: readonly Conversation[]): Conversation[] {
  return [...conversations].sort((a, b) => Number(b.unread > 0) - Number(a.unread > 0));
}

interface ReplyProps {
  client: AgentClient;
  conversation: Conversation;
  drafts: Drafts;
}

function Reply({ client, conversation, drafts }: ReplyProps) {
  const { id, unread } = conversation;
  const name = shownName(conversation);
  const messages = useMemo(() => new Messages(client, id, unread, () => true), [client, id]);
  useEffect(() => () => messages.close(), [messages]);

  const loaded = messages.loading.value === "loaded";
  useEffect(() => {
    if (loaded && unread > 0) void messages.read();
  }, [messages, loaded, unread]);
  const send = useCallback((text: string, draft: string) => messages.send(text, draft), [messages]);

  const shown = messages.window.value;
  const latest = rows({ ...shown, start: Math.max(shown.start, shown.end - LATEST) }, "");
  return (
    <section class="quick-reply" aria-label={name}>
      {latest.length > 0 && (
        <section
          class="quick-latest"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
          tabIndex={0}
          aria-label={t("quick.latest", { name })}
        >
          <ol>
            {latest.map(
              (row) =>
                row.kind === "message" && (
                  <li key={row.key} class={row.message.mine ? "mine" : ""}>
                    <span class="quick-text">
                      {row.message.mine && `${t("list.you")} `}
                      <bdi>{line(row.message, name)}</bdi>
                    </span>
                    <time>{clock(row.message.time, language.value)}</time>
                  </li>
                ),
            )}
          </ol>
        </section>
      )}
      {conversation.state === "failed" ? (
        <p class="quick-note">{t("list.failed")}</p>
      ) : (
        <Composer
          conversation={conversation}
          drafts={drafts}
          send={send}
          focus
          placeholder={t("quick.replyTo", { name })}
        />
      )}
    </section>
  );
}
