import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../catalogue";
import { ErrorNote } from "../components";
import { direction } from "../conversation/text";
import { errorText } from "../errors";
import type { State } from "../state";
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
      await state.sendNote(field.current?.value ?? "");
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
        <div class="field">
          <label for="note-input">{t("note.text")}</label>
          <textarea
            id="note-input"
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
        </div>
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
        onClick={() => state.show({ kind: "note-enter", code: "" })}
      >
        {t("note.hintReceive")}
      </button>
    </article>
  );
}
