import { useEffect, useRef, useState } from "preact/hooks";
import type { Note } from "../../api";
import { CopyButton } from "../lib/CopyButton";
import { language } from "../lib/catalogue";
import { ConfirmDialog } from "../lib/Dialog";
import { errorText } from "../lib/errors";
import { ErrorNote } from "../lib/Notice";
import type { State } from "../lib/state";
import { Text } from "../lib/Text";
import { safeLine } from "../lib/text";
import { Command } from "./Command";
import { receiveCommand, sendCommand } from "./commands";
import { codeView, dismissNote, noteEnded, sendNote } from "./notes";
import { t } from "./texts";
import "../lib/code.css";
import "./note.css";

interface Props {
  state: State;
  note: Note;
}

/** A note: what to say, or what came, and how it stands. */
export function NotePane({ state, note }: Props) {
  const title = useRef<HTMLHeadingElement>(null);
  const [error, setError] = useState("");
  const failed = noteEnded(note) && note.state !== "delivered" && note.state !== "received";
  const received = note.state === "received";
  const own = state.data.value?.relay.url ?? "";
  const problem = safeLine(note.problem);

  useEffect(() => title.current?.focus(), [note.id]);

  const again = async () => {
    setError("");
    try {
      await sendNote(state, note.text);
      await dismissNote(state, note.id);
    } catch (reason) {
      setError(errorText(reason));
    }
  };

  return (
    <article class="letter centered" aria-labelledby="note-title">
      <h2 id="note-title" ref={title} tabIndex={-1}>
        {t(note.mine ? "note.mineTitle" : "note.theirsTitle")}
      </h2>
      {note.code && <Code note={note} />}
      {received && <Received text={note.text} />}
      <div class="invite-states" role="status">
        <p
          class={`invite-status${failed ? " bad" : ""}`}
          data-testid="note-status"
          data-state={note.state}
        >
          {!noteEnded(note) && <span class={`light ${note.state}`} aria-hidden="true" />}
          {t(note.mine ? `note.mine.${note.state}` : `note.theirs.${note.state}`)}
        </p>
        {problem && <p class="note">{t("note.said", { words: problem })}</p>}
      </div>
      {!note.mine && note.state === "waiting" && note.relay === own && (
        <>
          <p class="note">{t("note.theyType")}</p>
          <Command text={sendCommand(note.relay)} testid="note-send-command" />
        </>
      )}
      {note.code && <p class="note">{t("note.valid", { date: when(note.expires) })}</p>}
      {note.mine && note.text && (
        <details class="fold">
          <summary>{t("note.yourText")}</summary>
          <Sheet text={note.text} label={t("note.text")} testid="note-own-text" />
        </details>
      )}
      <ErrorNote text={error} />
      {failed && note.mine && (
        <button
          type="button"
          class="button primary wide"
          data-testid="note-again"
          onClick={() => void again()}
        >
          {t("note.again")}
        </button>
      )}
      {failed && !note.mine && (
        <button
          type="button"
          class="button primary wide"
          data-testid="note-retry"
          onClick={() => state.show(codeView(""))}
        >
          {t("note.retry")}
        </button>
      )}
      <Away state={state} note={note} />
    </article>
  );
}

function when(time: number): string {
  return new Date(time).toLocaleString(language.value, {
    weekday: "short",
    hour: "numeric",
    minute: "2-digit",
  });
}

function Code({ note }: { note: Note }) {
  const command = receiveCommand(note.relay, note.code);
  return (
    <>
      <p class="note">{t("note.tell")}</p>
      <div class="code-line">
        <p
          class="code"
          data-testid="note-code"
          dir="ltr"
          style={{ "--characters": note.code.length }}
        >
          {note.code}
        </p>
      </div>
      <p class="note">{t("note.command")}</p>
      <Command text={command} testid="note-command" />
      <div class="column">
        <CopyButton text={command} label={t("note.copyCommand")} primary testid="note-copy" />
      </div>
    </>
  );
}

function Received({ text }: { text: string }) {
  if (text === "") return <p class="note">{t("note.emptyText")}</p>;
  return (
    <>
      <Sheet text={text} label={t("note.theirText")} testid="note-text" />
      <div class="column">
        <CopyButton text={text} label={t("note.copyText")} primary testid="note-copy-text" />
      </div>
    </>
  );
}

function Sheet({ text, label, testid }: { text: string; label: string; testid: string }) {
  return (
    <section
      class="note-text"
      data-testid={testid}
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
      tabIndex={0}
    >
      <Text text={text} />
    </section>
  );
}

/** The way out; asked about while something is lost by it. */
function Away({ state, note }: Props) {
  const [asking, setAsking] = useState(false);
  const [error, setError] = useState("");
  const over = noteEnded(note);
  const loses = !over || note.text !== "";
  const dismiss = () => dismissNote(state, note.id).catch((reason) => setError(errorText(reason)));
  return (
    <>
      <ErrorNote text={error} />
      <button
        type="button"
        class="button quiet"
        data-testid={over ? "note-dismiss" : "note-cancel"}
        onClick={() => (loses ? setAsking(true) : void dismiss())}
      >
        {t(!over ? "note.cancel" : loses ? "note.delete" : "note.remove")}
      </button>
      {asking && (
        <ConfirmDialog
          title={t(over ? "note.deleteTitle" : "note.cancelTitle")}
          confirm={t(over ? "note.deleteConfirm" : "note.cancelConfirm")}
          danger
          onConfirm={() => dismissNote(state, note.id)}
          onClose={() => setAsking(false)}
        >
          <p>
            {t(over ? "note.deleteWords" : note.mine ? "note.cancelMine" : "note.cancelTheirs")}
          </p>
        </ConfirmDialog>
      )}
    </>
  );
}
