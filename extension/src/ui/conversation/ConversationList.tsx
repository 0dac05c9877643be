import type { Conversation } from "../../api";
import { language } from "../lib/catalogue";
import { useToday } from "../lib/today";
import { ConversationItem } from "./ConversationItem";
import { t } from "./texts";
import "./list.css";

interface Props {
  /** In the order they are shown. */
  conversations: readonly Conversation[];
  /** The one that is open, or "". */
  selected: string;
  onSelect: (id: string) => void;
}

/** The people one can write to, the latest first. */
export function ConversationList({ conversations, selected, onSelect }: Props) {
  const now = useToday();
  const tabStop = conversations.some((c) => c.id === selected) ? selected : conversations[0]?.id;
  return (
    <ul class="conversations" aria-label={t("list.label")} onKeyDown={moveAmongItems}>
      {conversations.map((conversation) => (
        <ConversationItem
          key={conversation.id}
          conversation={conversation}
          selected={conversation.id === selected}
          tabStop={conversation.id === tabStop}
          language={language.value}
          now={now}
          onSelect={onSelect}
        />
      ))}
    </ul>
  );
}

function moveAmongItems(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>(".item")];
  const at = items.indexOf(document.activeElement as HTMLElement);
  if (at < 0) return;
  const to = {
    ArrowUp: at - 1,
    ArrowDown: at + 1,
    Home: 0,
    End: items.length - 1,
  }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  items[to]?.focus();
}
