import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { AgentError } from "../../agent/types";
import { type Conversation, MaxTextBytes } from "../../api";
import { errorText } from "../lib/errors";
import { Icon } from "../lib/Icon";
import { direction, safeLine, visible } from "../lib/text";
import type { Drafts } from "./drafts";
import { t } from "./texts";
import "./composer.css";

/**
 * The height of texts up to this length, in UTF-16 units, is measured: laying
 * out a megabyte takes seconds each time, and such a field is full anyway.
 */
const MEASURED = 4000;

interface Props {
  conversation: Conversation;
  drafts: Drafts;
  /** Rejects with an AgentError; then the text is given back. */
  send: (text: string, draft: string) => Promise<void>;
  /** Takes the focus when it appears. */
  focus: boolean;
  /** Instead of "Write to …". */
  placeholder?: string;
}

/** Where a person writes. */
export function Composer({ conversation, drafts, send, focus, placeholder }: Props) {
  const { id } = conversation;
  const field = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState(() => drafts.get(id));
  const [error, setError] = useState("");
  const over = tooLong(text);
  const name = safeLine(conversation.name) || t("list.they");
  const label = placeholder ?? t("conversation.writeTo", { name });

  const change = useCallback(
    (next: string, caret = next.length) => {
      drafts.set(id, next, caret);
      setText(next);
    },
    [drafts, id],
  );

  // Another page, or a deletion, may change it.
  useEffect(() => drafts.onChange(id, setText), [drafts, id]);

  useLayoutEffect(() => {
    const area = field.current;
    if (!area) return;
    if (text.length > MEASURED) {
      area.style.height = "100vh"; // as high as the style sheet lets it be
      return;
    }
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight + area.offsetHeight - area.clientHeight}px`;
  }, [text]);

  useEffect(() => {
    // On touch screens it would open the keyboard over the messages.
    if (focus && !matchMedia("(pointer: coarse)").matches) field.current?.focus();
  }, [focus]);

  const submit = async () => {
    const area = field.current;
    if (!area) return;
    const written = area.value;
    area.focus();
    if (written.trim() === "") return;
    if (!visible(written)) {
      setError(t("error.invisible"));
      return;
    }
    if (tooLong(written)) {
      setError(t("conversation.tooLong"));
      return;
    }
    setError("");
    setText("");
    try {
      await drafts.sending(id, (draft) => send(written, draft));
    } catch (refusal) {
      const newer = drafts.get(id);
      change(newer === "" ? written : `${written}\n${newer}`);
      setError(
        refusal instanceof AgentError && refusal.code === "lost"
          ? t("conversation.lost")
          : errorText(refusal),
      );
    }
  };

  const keyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    if (matchMedia("(pointer: coarse)").matches) return; // there Enter is the only way to a new line
    event.preventDefault();
    void submit();
  };

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      {(error || over) && (
        <p class="composer-error" role="alert" data-testid="error">
          {error || t("conversation.tooLong")}
        </p>
      )}
      <textarea
        ref={field}
        rows={1}
        data-testid="message-input"
        aria-label={label}
        placeholder={label}
        value={text}
        dir={direction(text)}
        autocomplete="off"
        onInput={(event) => {
          change(event.currentTarget.value, event.currentTarget.selectionEnd);
          setError("");
        }}
        onKeyDown={keyDown}
      />
      <button type="submit" class="button primary send" data-testid="send">
        <Icon name="send" />
        <span>{t("conversation.send")}</span>
      </button>
    </form>
  );
}

function tooLong(text: string): boolean {
  // A UTF-16 unit is at most three bytes.
  return text.length * 3 > MaxTextBytes && new TextEncoder().encode(text).length > MaxTextBytes;
}
