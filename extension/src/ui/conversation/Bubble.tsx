import type { Message } from "../../api";
import { Icon } from "../lib/Icon";
import { Pure } from "../lib/Pure";
import { Text } from "../lib/Text";
import { clock, full } from "../lib/time";
import { t } from "./texts";
import { disappears } from "./timer";

interface Props {
  message: Message;
  /** The first of several of one side in a row. */
  first: boolean;
  /** Whose message it is, if it is not the reader's. */
  name: string;
  language: string;
  /** Whether the tab key comes here. */
  tabStop: boolean;
  onMenu: (message: Message, button: HTMLElement) => void;
  onFocus: (message: Message) => void;
}

/** One message. It is drawn again only when something of it has changed. */
export class Bubble extends Pure<Props> {
  override render({ message, first, name, language, tabStop, onMenu, onFocus }: Props) {
    return (
      <li
        class={`message${message.mine ? " mine" : ""}${first ? " first" : ""}`}
        data-kind={message.kind}
        data-deletion={message.deletion || undefined}
        data-testid="message"
        data-mine={String(message.mine)}
        data-state={message.state}
        data-id={message.id}
      >
        <div class="bubble">
          <span class="visually-hidden">{message.mine ? t("conversation.you") : name}: </span>
          {message.kind === "text" ? (
            <Text text={message.text} />
          ) : (
            <span class="text unknown" data-testid="message-text">
              {message.kind === "deleted"
                ? t(message.mine ? "conversation.goneMine" : "conversation.goneTheirs", { name })
                : t("conversation.unknownKind")}
            </span>
          )}
          <span class="meta">
            <time
              dateTime={new Date(message.time).toISOString()}
              title={full(message.time, language)}
            >
              {clock(message.time, language)}
            </time>
            {message.timer > 0 && (
              <span class="timed" title={disappears(message)} data-testid="message-timer">
                <Icon name="clock" />
                <span class="visually-hidden"> · {disappears(message)}</span>
              </span>
            )}
            {message.mine && <State message={message} name={name} />}
          </span>
        </div>
        <button
          type="button"
          class="more"
          data-testid="message-menu"
          aria-haspopup="menu"
          aria-label={t("conversation.menu")}
          tabIndex={tabStop ? 0 : -1}
          onFocus={() => onFocus(message)}
          onClick={(event) => onMenu(message, event.currentTarget)}
        >
          <Icon name="more" />
        </button>
      </li>
    );
  }
}

function State({ message, name }: { message: Message; name: string }) {
  if (message.deletion) {
    return (
      <span class={`state ${message.deletion}`} data-testid="message-deletion">
        {" "}
        · {t(`conversation.deletion.${message.deletion}`, { name })}
      </span>
    );
  }
  if (message.state === "received") return null;
  return (
    <span class={`state ${message.state}`}> · {t(`conversation.state.${message.state}`)}</span>
  );
}
