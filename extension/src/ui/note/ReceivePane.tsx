import { useEffect, useRef, useState } from "preact/hooks";
import { AgentError } from "../../agent/types";
import { CodeField } from "../lib/CodeField";
import { errorText } from "../lib/errors";
import { Field } from "../lib/Field";
import { ErrorNote } from "../lib/Notice";
import type { State } from "../lib/state";
import { Command } from "./Command";
import { sendCommand } from "./commands";
import { newNoteView, receiveNote } from "./notes";
import { t } from "./texts";
import "../lib/code.css";
import "./note.css";

/** No address is longer. */
const MAX = 200;

/** Where a code of wormhole is entered. */
export function ReceivePane({ state, code: given }: { state: State; code: string }) {
  const field = useRef<HTMLTextAreaElement>(null);
  const [code, setCode] = useState(given);
  const address = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState("");
  /** A word is not in the list; the person may know better. */
  const [doubt, setDoubt] = useState(false);
  const relay = state.data.value?.relay.url ?? "";

  useEffect(() => field.current?.focus(), []);

  const type = (text: string) => {
    setCode(text);
    setError("");
    setDoubt(false);
  };
  const fetch = async (exact: boolean) => {
    // What stands in the fields: the last letters may not have been drawn yet.
    const code = field.current?.value ?? "";
    const server = address.current?.value ?? "";
    if (code.trim() === "") {
      setError(t("enter.empty"));
      return;
    }
    setBusy(true);
    setError("");
    setDoubt(false);
    try {
      await receiveNote(state, code, server, exact);
    } catch (reason) {
      setError(errorText(reason));
      setDoubt(reason instanceof AgentError && reason.code === "bad_word");
      field.current?.focus();
    } finally {
      setBusy(false);
    }
  };

  return (
    <article class="letter centered" aria-labelledby="note-title">
      <h2 id="note-title">{t("note.receiveTitle")}</h2>
      <p class="note">{t("note.receiveHow")}</p>
      <form
        class="enter"
        aria-busy={busy}
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy) void fetch(false);
        }}
      >
        <CodeField
          client={state.client}
          label={t("note.code")}
          testid="note-code-input"
          field={field}
          value={code}
          error={error !== "" ? "note-error" : undefined}
          hint={t("note.example")}
          onInput={type}
        />
        <ErrorNote id="note-error" text={error} />
        {doubt && (
          <button
            type="button"
            class="button"
            data-testid="note-exact"
            onClick={() => void fetch(true)}
          >
            {t("note.exact")}
          </button>
        )}
        <details class="fold">
          <summary>{t("note.otherServer")}</summary>
          <Field label={t("note.server")} note={t("note.serverNote")}>
            {(named) => (
              <input
                {...named}
                data-testid="note-server"
                ref={address}
                maxLength={MAX}
                dir="ltr"
                inputMode="url"
                autocomplete="off"
                autocapitalize="none"
                spellcheck={false}
                onInput={() => setError("")}
              />
            )}
          </Field>
        </details>
        <button
          type="submit"
          class="button primary wide"
          data-testid="note-receive"
          aria-disabled={busy}
        >
          {t(busy ? "note.fetching" : "note.fetch")}
        </button>
      </form>
      <p class="note">{t("note.theyType")}</p>
      <Command text={sendCommand(relay)} testid="note-send-command" />
      <button
        type="button"
        class="button quiet"
        data-testid="note-new"
        onClick={() => state.show(newNoteView)}
      >
        {t("note.hintSend")}
      </button>
    </article>
  );
}
