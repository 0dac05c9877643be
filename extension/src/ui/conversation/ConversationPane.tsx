import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { AgentClient } from "../../agent/types";
import type { Conversation, Event, Message } from "../../api";
import { language } from "../lib/catalogue";
import { Face } from "../lib/Face";
import { Icon } from "../lib/Icon";
import { likeness, shownName } from "../lib/names";
import { type MessageAction, Place } from "../lib/slice";
import { safeLine } from "../lib/text";
import { Aside } from "./Aside";
import { Composer } from "./Composer";
import type { Drafts } from "./drafts";
import { useEscape } from "./escape";
import { MessageList } from "./MessageList";
import { Messages } from "./messages";
import { t } from "./texts";
import { usePageVisible } from "./visible";
import "./conversation.css";

interface Props {
  client: AgentClient;
  conversation: Conversation;
  drafts: Drafts;
  /** Back to the list, where only one of the two has room. */
  onBack: () => void;
  /** Whether the field to write in takes the focus. */
  focus: boolean;
}

/**
 * A conversation: its messages, where one writes, and its details. Give each
 * conversation a key of its own.
 */
export function ConversationPane({ client, conversation, drafts, onBack, focus }: Props) {
  const { id, state } = conversation;
  const name = shownName(conversation);
  const messages = useMessages(client, conversation);
  const [details, setDetails] = useState(false);
  const [acting, setActing] = useState<{ action: MessageAction; message: Message }>();
  const onAct = useCallback(
    (action: MessageAction, message: Message) => setActing({ action, message }),
    [],
  );
  const pane = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLButtonElement>(null);

  const closeDetails = useCallback(() => setDetails(false), []);
  // Back to the button, once it is to be seen again.
  const wasOpen = useRef(false);
  useLayoutEffect(() => {
    if (wasOpen.current && !details) opener.current?.focus();
    wasOpen.current = details;
  }, [details]);
  const openDetails = useCallback(() => setDetails(true), []);
  const closeAction = useCallback(() => {
    setActing(undefined);
    // What had the focus may be gone with the message.
    requestAnimationFrame(() => {
      if (document.activeElement !== document.body) return;
      pane.current?.querySelector<HTMLElement>(".message-scroller")?.focus();
    });
  }, []);
  useEscape(details ? closeDetails : onBack);
  // It may go while one is asked: then there is nothing to ask any more.
  const kept = acting && messages.window.value.messages.find((m) => m.id === acting.message.id);
  const there = kept && kept.kind === acting.message.kind ? acting : undefined;
  const about = { client, conversation, name };
  const take = useCallback((event: Event) => messages.take(event), [messages]);
  const send = useCallback((text: string, draft: string) => messages.send(text, draft), [messages]);

  return (
    <div ref={pane} class={`talk${details ? " with-details" : ""}`}>
      <section class="talk-main" aria-label={name}>
        <header class="talk-top">
          <button
            type="button"
            class="icon-button back"
            data-testid="back"
            aria-label={t("conversation.back")}
            onClick={onBack}
          >
            <Icon name="back" />
          </button>
          <Face id={id} name={name} />
          <div class="talk-who">
            <h2>
              <bdi>{name}</bdi>
            </h2>
            {conversation.verified && !conversation.keyAlarm && !conversation.relayAlarm && (
              <span class="badge" data-testid="verified-badge">
                <Icon name="check" />
                {t("conversation.verified")}
              </span>
            )}
            {conversation.looksLike && (
              <span class="like" data-testid="looks-like" data-name={conversation.looksLike}>
                {likeness(conversation.name, conversation.looksLike)}
              </span>
            )}
          </div>
          <Place at="head" given={about} />
          <button
            type="button"
            ref={opener}
            class="button quiet"
            data-testid="details"
            aria-expanded={details}
            onClick={() => setDetails(!details)}
          >
            {t("conversation.details")}
          </button>
        </header>
        <Place at="told" given={{ ...about, onDetails: openDetails }} />
        {conversation.relayRefused && (
          <div class="talk-alarm" role="alert" data-testid="relay-refused">
            <Icon name="warning" />
            <p>{t("conversation.relayRefused", { name, relay: conversation.relay })}</p>
          </div>
        )}
        {conversation.aside && (
          <Aside client={client} conversation={id} aside={conversation.aside} />
        )}
        <Body messages={messages} conversation={conversation} name={name} onAct={onAct} />
        {state === "waiting" && (
          <p class="talk-note" data-testid="waiting">
            <Icon name="clock" />
            <span>
              {t("conversation.waiting", { name: safeLine(conversation.name) || t("list.they") })}
            </span>
          </p>
        )}
        {state === "failed" ? (
          <Failed conversation={conversation} client={client} />
        ) : (
          <Composer conversation={conversation} drafts={drafts} send={send} focus={focus} />
        )}
      </section>
      {details && <Place at="beside" given={{ client, conversation, onClose: closeDetails }} />}
      {there && (
        <there.action.Dialog {...about} message={there.message} take={take} onClose={closeAction} />
      )}
    </div>
  );
}

/** The messages of the conversation, as long as it is shown, and its read marks. */
function useMessages(client: AgentClient, conversation: Conversation): Messages {
  const { id, unread } = conversation;
  const visible = usePageVisible();
  const reading = useRef(visible);
  reading.current = visible;

  const messages = useMemo(
    () => new Messages(client, id, unread, () => reading.current),
    [client, id],
  );
  useEffect(() => () => messages.close(), [messages]);

  const read =
    visible &&
    messages.following.value &&
    messages.above.value === 0 &&
    messages.loading.value === "loaded";
  useEffect(() => {
    if (read && unread > 0) void messages.read();
  }, [messages, read, unread]);
  return messages;
}

interface BodyProps {
  messages: Messages;
  conversation: Conversation;
  name: string;
  onAct: (action: MessageAction, message: Message) => void;
}

function Body({ messages, conversation, name, onAct }: BodyProps) {
  const loading = messages.loading.value;
  if (loading === "loading") return <div class="message-area" aria-busy="true" />;
  if (loading === "failed") {
    return (
      <div class="message-area talk-empty" role="alert" data-testid="error">
        <p>{t("conversation.loadFailed")}</p>
        <button type="button" class="button" onClick={() => messages.load()}>
          {t("conversation.again")}
        </button>
      </div>
    );
  }
  return (
    <MessageList
      messages={messages}
      name={name}
      language={language.value}
      onAct={onAct}
      beginning={<Beginning conversation={conversation} name={name} />}
    />
  );
}

/** What stands above the first message. */
function Beginning({ conversation, name }: { conversation: Conversation; name: string }) {
  if (conversation.state === "failed") return null;
  return (
    <p class="beginning">
      <Icon name="lock" />
      {conversation.state === "waiting"
        ? t("conversation.beginningWaiting")
        : t("conversation.beginning", { name })}
    </p>
  );
}

/** Instead of the field to write in, where no one will ever read it. */
function Failed({ client, conversation }: { client: AgentClient; conversation: Conversation }) {
  return (
    <div class="talk-failed" data-testid="failed">
      <p>
        <strong>{t("conversation.failedTitle")}</strong> {t("conversation.failed")}
      </p>
      <button
        type="button"
        class="button"
        data-testid="forget-failed"
        onClick={() =>
          void client.call("forget", { conversation: conversation.id }).catch(() => undefined)
        }
      >
        {t("conversation.remove")}
      </button>
    </div>
  );
}
