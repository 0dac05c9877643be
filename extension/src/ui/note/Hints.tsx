import type { State } from "../lib/state";
import { codeView, newNoteView } from "./notes";
import { t } from "./texts";

/** Petmail's numbers have four digits. */
const FOREIGN = /^[^\p{L}\p{Nd}]*\p{Nd}{1,3}[^\p{L}\p{Nd}]+\p{L}/u;

/** Below an invitation: whoever has wormhole can get a note instead. */
export function SendInstead({ state }: { state: State }) {
  return (
    <details class="fold">
      <summary>{t("note.hintTitle")}</summary>
      <button
        type="button"
        class="button"
        data-testid="note-new"
        onClick={() => state.show(newNoteView)}
      >
        {t("note.hintSend")}
      </button>
    </details>
  );
}

/** Where a code is entered: this one looks like wormhole's. */
export function LooksForeign({ text }: { text: string }) {
  if (!FOREIGN.test(text)) return null;
  return (
    <p class="note" role="status">
      {t("note.looksLike")}
    </p>
  );
}

/** Where a code is entered: the way to enter one of wormhole's. */
export function ReceiveInstead({ state, text }: { state: State; text: string }) {
  return (
    <button
      type="button"
      class="button quiet"
      data-testid="note-have"
      onClick={() => state.show(codeView(FOREIGN.test(text) ? text : ""))}
    >
      {t("note.hintReceive")}
    </button>
  );
}
