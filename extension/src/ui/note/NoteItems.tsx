import type { Note } from "../../api";
import { OpenItem, OpenItems } from "../lib/OpenItems";
import type { State } from "../lib/state";
import { noteEnded, noteView } from "./notes";
import { t } from "./texts";

/** The notes with wormhole, above the people. */
export function NoteItems({ state }: { state: State }) {
  const notes = state.data.value?.notes ?? [];
  const view = state.view.value;
  if (notes.length === 0) return null;
  return (
    <OpenItems label={t("note.items")}>
      {notes.map((note) => (
        <OpenItem
          key={note.id}
          icon={note.mine ? "send" : "letter"}
          testid="note-item"
          name={t(note.mine ? "note.itemMine" : "note.itemTheirs")}
          status={short(note)}
          bad={bad(note)}
          shown={view.kind === "note" && view.id === note.id}
          onOpen={() => state.show(noteView(note.id))}
        />
      ))}
    </OpenItems>
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
