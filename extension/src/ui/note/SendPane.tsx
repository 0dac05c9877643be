import { useEffect, useRef, useState } from "preact/hooks";
import { errorText } from "../lib/errors";
import { Field } from "../lib/Field";
import { ErrorNote } from "../lib/Notice";
import type { State } from "../lib/state";
import { direction } from "../lib/text";
import { codeView, sendNote } from "./notes";
import { t } from "./texts";
import "./note.css";

/** Where a note is written. */
export function SendPane({ state, text: given }: { state: State; text: string }) {
  const field = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState(given);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState("");

  useEffect(() => field.current?.focus(), []);

  const send = async () => {
    setBusy(true);
    setError("");
    try {
      // What stands in the field: the last letters may not have been drawn yet.
      await sendNote(state, field.current?.value ?? "");
    } catch (reason) {
      setError(errorText(reason));
      field.current?.focus();
    } finally {
      setBusy(false);
    }
  };

  return (
    <article class="letter centered" aria-labelledby="note-title">
      <h2 id="note-title">{t("note.sendTitle")}</h2>
      <p class="note">{t("note.sendHow")}</p>
      <form
        class="note-write"
        aria-busy={busy}
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy) void send();
        }}
      >
        <Field label={t("note.text")}>
          {(named) => (
            <textarea
              {...named}
              ref={field}
              data-testid="note-input"
              value={text}
              dir={direction(text)}
              autocomplete="off"
              aria-invalid={error ? true : undefined}
              aria-describedby="note-error"
              onInput={(event) => {
                setText(event.currentTarget.value);
                setError("");
              }}
            />
          )}
        </Field>
        <ErrorNote id="note-error" text={error} />
        <button
          type="submit"
          class="button primary wide"
          data-testid="note-send"
          aria-disabled={busy}
        >
          {t(busy ? "note.gettingCode" : "note.getCode")}
        </button>
      </form>
      <button
        type="button"
        class="button quiet"
        data-testid="note-have"
        onClick={() => state.show(codeView(""))}
      >
        {t("note.hintReceive")}
      </button>
    </article>
  );
}
