import type { ComponentChildren, RefObject } from "preact";
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Message } from "../../api";
import { Icon } from "../lib/Icon";
import { said } from "../lib/said";
import type { MessageAction } from "../lib/slice";
import { clock, day } from "../lib/time";
import { useToday } from "../lib/today";
import { Bubble } from "./Bubble";
import { MessageMenu } from "./MessageMenu";
import type { Messages, Pending } from "./messages";
import { rows } from "./rows";
import { t } from "./texts";
import { setBy } from "./timer";
import { atTail } from "./window";

/** Nearer than this to the end counts as being there, in pixels. */
const NEAR = 48;

/** More is shown when the reader is nearer than this to what is not, in pixels. */
const AHEAD = 800;

interface Props {
  messages: Messages;
  name: string;
  language: string;
  /** One of the actions was chosen in the menu of a message. */
  onAct: (action: MessageAction, message: Message) => void;
  /** What stands above the first message. */
  beginning: ComponentChildren;
}

/**
 * The messages that are shown, scrolled by the reader. It sticks to the newest
 * while the reader is there, and keeps still what they look at otherwise.
 */
export function MessageList({ messages, name, language, onAct, beginning }: Props) {
  const shown = messages.window.value;
  const marker = messages.marker.value;
  const lines = useMemo(() => rows(shown, marker), [shown, marker]);
  const pending = messages.pending.value;
  const scroller = useRef<HTMLElement>(null);
  const { scrolled, jump, up } = useScrolling(messages, scroller);
  const [focused, setFocused] = useState("");
  const [menu, setMenu] = useState<{ message: Message; button: HTMLElement }>();
  const [copied, setCopied] = useState<boolean>();
  const forgetCopied = useCallback(() => setCopied(undefined), []);
  const now = useToday();

  const onMenu = useCallback(
    (message: Message, button: HTMLElement) => setMenu({ message, button }),
    [],
  );
  const onFocus = useCallback((message: Message) => setFocused(message.id), []);
  const closeMenu = useCallback(() => setMenu(undefined), []);

  // What a menu is open for may be deleted by its author, or its time be over.
  const menuFor = menu && shown.messages.find((m) => m.id === menu.message.id);
  useEffect(() => {
    if (menu && menuFor?.kind !== menu.message.kind) setMenu(undefined);
  }, [menu, menuFor]);

  const newest = shown.messages[shown.end - 1]?.id;
  const there = shown.messages.slice(shown.start, shown.end).some((m) => m.id === focused);
  const tabStop = there ? focused : newest;

  return (
    <div class="message-area">
      <section
        class="message-scroller"
        ref={scroller}
        onScroll={scrolled}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
        tabIndex={0}
        aria-label={t("conversation.messagesWith", { name })}
      >
        {!shown.more && shown.start === 0 && beginning}
        <ol class="messages" onKeyDown={moveAmongMenus}>
          {lines.map((line) => {
            if (line.kind === "day") {
              return (
                <li class="day" key={line.key}>
                  {day(line.time, now, language)}
                </li>
              );
            }
            if (line.kind === "new") {
              return (
                <li class="new-line" key={line.key}>
                  <span>{t("conversation.new")}</span>
                </li>
              );
            }
            if (line.kind === "timer") {
              return (
                <li class="day timer-line" key={line.key} data-testid="timer-line">
                  <Icon name="clock" /> {setBy(line.message, name)}
                </li>
              );
            }
            return (
              <Bubble
                key={line.key}
                message={line.message}
                first={line.first}
                name={name}
                language={language}
                tabStop={line.message.id === tabStop}
                onMenu={onMenu}
                onFocus={onFocus}
              />
            );
          })}
          {atTail(shown) &&
            pending.map((one) => <PendingBubble key={one.key} pending={one} language={language} />)}
        </ol>
        <NewerPill messages={messages} jump={jump} up={up} />
      </section>
      <Announcer messages={messages} name={name} />
      <CopiedNote copied={copied} onGone={forgetCopied} />
      {menu && (
        <MessageMenu
          message={menu.message}
          button={menu.button}
          onClose={closeMenu}
          onCopied={setCopied}
          onAct={onAct}
        />
      )}
    </div>
  );
}

/** Up and down among the menu buttons of the messages. */
function moveAmongMenus(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const from = event.target;
  if (!(from instanceof HTMLElement) || !from.matches(".more")) return;
  const buttons = [...event.currentTarget.querySelectorAll<HTMLElement>(".more")];
  const at = buttons.indexOf(from);
  const to = {
    ArrowUp: at - 1,
    ArrowDown: at + 1,
    Home: 0,
    End: buttons.length - 1,
  }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  buttons[to]?.focus();
}

/** A text the agent has not stored yet; shown only if that takes a moment. */
function PendingBubble({ pending, language }: { pending: Pending; language: string }) {
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), 250);
    return () => clearTimeout(timer);
  }, []);
  if (!shown) return null;
  return (
    <li class="message mine first pending">
      <div class="bubble">
        <bdi class="text" dir="auto">
          {pending.text}
        </bdi>
        <span class="meta">
          {clock(pending.time, language)} · {t("conversation.state.sending")}
        </span>
      </div>
    </li>
  );
}

/** Says for a moment whether a message was copied. */
function CopiedNote({ copied, onGone }: { copied: boolean | undefined; onGone: () => void }) {
  useEffect(() => {
    if (copied === undefined) return;
    const timer = setTimeout(onGone, copied ? 2_000 : 8_000);
    return () => clearTimeout(timer);
  }, [copied, onGone]);
  return (
    <p role="status" class={copied === undefined ? "visually-hidden" : "copied-note"}>
      {copied !== undefined && t(copied ? "copy.copied" : "copy.failed")}
    </p>
  );
}

interface PillProps {
  messages: Messages;
  jump: () => void;
  up: () => void;
}

function NewerPill({ messages, jump, up }: PillProps) {
  const above = messages.above.value;
  if (above > 0) {
    return (
      <div class="pill-place">
        <button type="button" class="pill up" data-testid="above" onClick={up}>
          <Icon name="down" />
          {t("conversation.above", { count: above })}
        </button>
      </div>
    );
  }
  const missed = messages.missed.value;
  if (messages.following.value) return null;
  return (
    <div class="pill-place">
      <button type="button" class="pill" data-testid="newest" onClick={jump}>
        <Icon name="down" />
        {missed > 0 ? t("conversation.newer", { count: missed }) : t("conversation.toNewest")}
      </button>
    </div>
  );
}

function heard(message: Message): string {
  if (message.kind === "text") return said(message.text).slice(0, 300);
  return t(message.kind === "deleted" ? "conversation.heardDeletion" : "conversation.unknownKind");
}

/** Tells those who listen what has come, while they are here. */
function Announcer({ messages, name }: { messages: Messages; name: string }) {
  const message = messages.heard.value;
  const text = message && heard(message);
  return (
    <div class="visually-hidden" role="log" aria-live="polite">
      {message && <p key={message.id}>{t("conversation.heard", { name, text: text ?? "" })}</p>}
    </div>
  );
}

function useScrolling(messages: Messages, scroller: RefObject<HTMLElement | null>) {
  const shown = messages.window.value;
  const pending = messages.pending.value;
  /** What the reader looks at, and where it stands below the top edge. */
  const anchor = useRef<{ element: HTMLElement; top: number } | undefined>(undefined);
  const placed = useRef(false);

  const look = useCallback(() => {
    const area = scroller.current;
    if (!area?.clientHeight) return; // behind the details it tells nothing
    const w = messages.window.peek();
    const below = area.scrollHeight - area.scrollTop - area.clientHeight;
    const following = atTail(w) && below < NEAR;
    messages.following.value = following;
    if (following) messages.missed.value = 0;
    const line = messages.above.peek() > 0 && area.querySelector<HTMLElement>(".new-line");
    if (line && offset(area, line) >= 0 && offset(area, line) < area.clientHeight)
      messages.above.value = 0; // it is seen
    anchor.current = following ? undefined : topmost(area);
    if (area.scrollTop < AHEAD && (w.start > 0 || w.more)) void messages.older();
    else if (below < AHEAD) messages.newer();
  }, [messages, scroller]);

  const settle = useCallback(() => {
    const area = scroller.current;
    if (!area) return;
    if (messages.following.peek()) area.scrollTop = area.scrollHeight;
    else if (anchor.current?.element.isConnected) {
      const { element, top } = anchor.current;
      area.scrollTop += offset(area, element) - top;
    }
  }, [messages, scroller]);

  useLayoutEffect(() => {
    const area = scroller.current;
    if (!area) return;
    if (!placed.current && shown.messages.length > 0) {
      placed.current = true;
      const line = area.querySelector<HTMLElement>(".new-line");
      area.scrollTop = area.scrollHeight;
      if (line && offset(area, line) < 0) {
        area.scrollTop += offset(area, line) - area.clientHeight / 3;
        messages.following.value = false;
      }
    } else settle();
    look();
  }, [shown, pending]);

  useEffect(() => {
    const area = scroller.current;
    const content = area?.querySelector(".messages");
    if (!area || !content) return;
    const observer = new ResizeObserver(settle);
    observer.observe(area);
    observer.observe(content);
    return () => observer.disconnect();
  }, [scroller, settle]);

  const jump = useCallback(() => {
    messages.newest();
    settle();
  }, [messages, settle]);

  const up = useCallback(() => {
    void messages.reach().then(() => {
      const line = scroller.current?.querySelector<HTMLElement>(".new-line");
      line?.scrollIntoView({ block: "center" });
    });
  }, [messages, scroller]);

  return { scrolled: look, jump, up };
}

/** How far below the upper edge of the area an element begins. */
function offset(area: HTMLElement, element: HTMLElement): number {
  return element.getBoundingClientRect().top - area.getBoundingClientRect().top;
}

/** The first line that is to be seen. */
function topmost(area: HTMLElement): { element: HTMLElement; top: number } | undefined {
  const lines = [...area.querySelectorAll<HTMLElement>(".message")];
  let low = 0;
  let high = lines.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const line = lines[middle];
    if (line && offset(area, line) + line.offsetHeight <= 0) low = middle + 1;
    else high = middle;
  }
  const element = lines[low];
  return element && { element, top: offset(area, element) };
}
