import { useContext, useLayoutEffect, useRef } from "preact/hooks";
import type { Message } from "../../api";
import { Icon } from "../lib/Icon";
import { type MessageAction, Slices } from "../lib/slice";
import { safeText } from "../lib/text";
import { t } from "./texts";

interface Props {
  message: Message;
  /** What opened it; it opens beside it and gives the focus back. */
  button: HTMLElement;
  onClose: () => void;
  /** Whether it could be put on the clipboard. */
  onCopied: (done: boolean) => void;
  onAct: (action: MessageAction, message: Message) => void;
}

/** What can be done with a message. */
export function MessageMenu({ message, button, onClose, onCopied, onAct }: Props) {
  const menu = useRef<HTMLDivElement>(null);
  const actions = useContext(Slices).flatMap(({ actions = [] }) => actions);

  useLayoutEffect(() => {
    const element = menu.current;
    if (!element) return;
    element.showPopover();
    place(element, button);
    element.querySelector<HTMLElement>("[role=menuitem]")?.focus();
  }, [button]);

  const close = () => {
    menu.current?.hidePopover();
    button.focus();
  };

  const copy = async () => {
    close();
    try {
      await navigator.clipboard.writeText(safeText(message.text));
      onCopied(true);
    } catch {
      onCopied(false);
    }
  };

  return (
    <div
      ref={menu}
      class="menu"
      popover="auto"
      role="menu"
      aria-label={t("conversation.menu")}
      onToggle={(event) => event.newState === "closed" && onClose()}
      onKeyDown={moveAmongItems}
    >
      {message.kind === "text" && (
        <button
          type="button"
          role="menuitem"
          data-testid="message-copy"
          tabIndex={-1}
          onClick={copy}
        >
          <Icon name="copy" />
          {t("conversation.copy")}
        </button>
      )}
      {actions.map((action) => {
        const label = action.label(message);
        if (label === undefined) return null;
        return (
          <button
            key={action.testid}
            type="button"
            role="menuitem"
            class={action.danger ? "danger" : ""}
            data-testid={action.testid}
            tabIndex={-1}
            onClick={() => {
              close();
              onAct(action, message);
            }}
          >
            <Icon name={action.icon} />
            {label}
          </button>
        );
      })}
    </div>
  );
}

/** Below the button, or above it where there is no room, and inside the window. */
function place(menu: HTMLElement, button: HTMLElement): void {
  const at = button.getBoundingClientRect();
  const size = menu.getBoundingClientRect();
  const below = at.bottom + size.height + 8 <= innerHeight;
  menu.style.top = `${Math.max(8, below ? at.bottom : at.top - size.height)}px`;
  const left = Math.min(at.left, innerWidth - size.width - 8);
  menu.style.left = `${Math.max(8, left)}px`;
}

function moveAmongItems(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>("[role=menuitem]")];
  const at = items.indexOf(document.activeElement as HTMLElement);
  const to = {
    ArrowUp: (at + items.length - 1) % items.length,
    ArrowDown: (at + 1) % items.length,
    Home: 0,
    End: items.length - 1,
  }[event.key];
  if (event.key === "Tab") event.currentTarget.hidePopover();
  if (to === undefined) return;
  event.preventDefault();
  items[to]?.focus();
}
