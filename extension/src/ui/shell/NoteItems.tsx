import type { Note } from "../../api";
import { t } from "../catalogue";
import { Icon } from "../icons";
import { noteEnded, type State } from "../state";

/** The notes with wormhole, above the people. */
export function NoteItems({ state }: { state: State }) {
  const notes = state.notes.value;
  const view = state.view.value;
  if (notes.length === 0) return null;
  return (
    <ul class="invite-items" aria-label={t("note.items")}>
      {notes.map((note) => {
        const on = view.kind === "note" && view.id === note.id;
        return (
          <li key={note.id}>
            <button
              type="button"
              class={`invite-item${on ? " on" : ""}`}
              data-testid="note-item"
              aria-current={on ? "true" : undefined}
              onClick={() => state.show({ kind: "note", id: note.id })}
            >
              <span class="invite-sign" aria-hidden="true">
                <Icon name={note.mine ? "send" : "letter"} />
              </span>
              <span class="invite-item-words">
                <span class="invite-item-name">
                  {t(note.mine ? "note.itemMine" : "note.itemTheirs")}
                </span>
                <small class={bad(note) ? "bad" : ""}>{short(note)}</small>
              </span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}

function bad(note: Note): boolean {
  return noteEnded(note) && note.state !== "delivered" && note.state !== "received";
}

function short(note: Note): string {
  switch (note.state) {
    case "preparing":
    case "waiting":
    case "joining":
    case "delivered":
    case "received":
      return t(`note.short.${note.state}`);
    default:
      return t("note.short.ended");
  }
}
