import type { Conversation } from "../../api";
import { Face } from "../lib/Face";
import { Icon } from "../lib/Icon";
import { likeness, shownName } from "../lib/names";
import { Pure } from "../lib/Pure";
import { said } from "../lib/said";
import { safeLine } from "../lib/text";
import { brief, full } from "../lib/time";
import { t } from "./texts";

interface Props {
  conversation: Conversation;
  selected: boolean;
  /** Whether the tab key comes here; the arrows go to the others. */
  tabStop: boolean;
  language: string;
  now: number;
  onSelect: (id: string) => void;
}

/** One person in the list. It is drawn again only when something of it has changed. */
export class ConversationItem extends Pure<Props> {
  override render({ conversation, selected, tabStop, language, now, onSelect }: Props) {
    const { id, unread, verified, activity, looksLike } = conversation;
    const name = shownName(conversation);
    const alarm = alarmOf(conversation);
    return (
      <li>
        <button
          type="button"
          class={`item${selected ? " on" : ""}${unread > 0 ? " unread" : ""}`}
          data-testid="conversation"
          data-name={name}
          data-unread={unread}
          data-id={id}
          data-state={conversation.aside ? "aside" : conversation.state}
          aria-current={selected ? "true" : undefined}
          tabIndex={tabStop ? 0 : -1}
          onClick={() => onSelect(id)}
        >
          <Face id={id} name={name} />
          <span class="item-words">
            <span class="item-name">
              <bdi>{name}</bdi>
              {alarm ? (
                <span class="item-alarm">
                  <Icon name="warning" />
                  <span class="visually-hidden">{alarm}</span>
                </span>
              ) : (
                verified && (
                  <span class="item-verified">
                    <Icon name="check" />
                    <span class="visually-hidden">{t("list.verified")}</span>
                  </span>
                )
              )}
            </span>
            {looksLike && (
              <span class="like" data-testid="looks-like" data-name={looksLike}>
                {likeness(name, looksLike)}
              </span>
            )}
            <Preview conversation={conversation} />
          </span>
          <span class="item-side">
            {activity > 0 && (
              <time dateTime={new Date(activity).toISOString()} title={full(activity, language)}>
                {brief(activity, now, language)}
              </time>
            )}
            {unread > 0 && (
              <span class="dot">
                <span aria-hidden="true">{unread > 99 ? "99+" : unread}</span>
                <span class="visually-hidden">{t("list.unread", { count: unread })}</span>
              </span>
            )}
          </span>
        </button>
      </li>
    );
  }
}

/** What makes it doubtful that this is who it seems to be; "": nothing. */
function alarmOf({ keyAlarm, differ, relayAlarm }: Conversation): string {
  if (keyAlarm) return t("list.keyAlarm");
  if (differ) return t("who.differShort");
  return relayAlarm ? t("who.relayAlarmShort") : "";
}

/** The second line: what was last said, or what there is to know. */
function Preview({ conversation }: { conversation: Conversation }) {
  const { aside, state, preview, previewMine, previewUnknown } = conversation;
  if (aside) return <span class="item-preview failed">{t("list.aside")}</span>;
  if (state === "failed") return <span class="item-preview failed">{t("list.failed")}</span>;
  if (state === "waiting") return <span class="item-preview">{t("list.waiting")}</span>;
  if (!preview && !previewUnknown) return <span class="item-preview">{t("list.beginning")}</span>;
  return (
    <span class="item-preview">
      {previewMine && `${t("list.you")} `}
      <bdi>{previewUnknown ? t("list.unknownKind") : safeLine(said(preview))}</bdi>
    </span>
  );
}
