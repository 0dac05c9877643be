import { useEffect, useRef, useState } from "preact/hooks";
import { AgentError } from "../../agent/types";
import { t } from "../catalogue";
import { ErrorNote } from "../components";
import { errorText } from "../errors";
import { Completions, useCompletions } from "../invite/Completions";
import { OfferField } from "../invite/OfferField";
import type { State } from "../state";
import { Command } from "./Command";
import { sendCommand } from "./commands";
import "../invite/invite.css";
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
  const completions = useCompletions(state, code);
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
      await state.receiveNote(code, server, exact);
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
        <div class="field">
          <label for="note-code-input">{t("note.code")}</label>
          <OfferField
            id="note-code-input"
            field={field}
            value={code}
            invalid={error !== ""}
            describedBy="enter-note note-error"
            onInput={type}
          />
          {completions.length > 0 ? (
            <Completions
              id="enter-note"
              completions={completions}
              onChoose={(completion) => {
                type(completion);
                field.current?.focus();
              }}
            />
          ) : (
            <p class="note" id="enter-note">
              {t("note.example")}
            </p>
          )}
        </div>
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
          <div class="field">
            <label for="note-server">{t("note.server")}</label>
            <input
              id="note-server"
              data-testid="note-server"
              ref={address}
              maxLength={MAX}
              dir="ltr"
              inputMode="url"
              autocomplete="off"
              autocapitalize="none"
              spellcheck={false}
              aria-describedby="note-server-note"
              onInput={() => setError("")}
            />
            <p class="note" id="note-server-note">
              {t("note.serverNote")}
            </p>
          </div>
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
        onClick={() => state.show({ kind: "note-new", text: "" })}
      >
        {t("note.hintSend")}
      </button>
    </article>
  );
}
