import { type Slice, viewKind } from "../lib/slice";
import { LooksForeign, ReceiveInstead, SendInstead } from "./Hints";
import { NoteItems } from "./NoteItems";
import { NotePane } from "./NotePane";
import { type CodeView, follow, type NewNoteView, type NoteView, reduce } from "./notes";
import { ReceivePane } from "./ReceivePane";
import { SendPane } from "./SendPane";
import { de, en } from "./texts";

/** Texts to and from those who have wormhole instead of Petmail. */
export const note: Slice = {
  texts: { en, de },
  reduce,
  follow,
  listItems: NoteItems,
  views: [
    viewKind<NoteView>("note", ({ state, data, view }) => {
      const note = data.notes.find(({ id }) => id === view.id);
      return note && <NotePane key={note.id} state={state} note={note} />;
    }),
    viewKind<NewNoteView>("note-new", ({ state, view }) => (
      <SendPane state={state} text={view.text} />
    )),
    viewKind<CodeView>("note-enter", ({ state, view }) => (
      <ReceivePane key={view.code} state={state} code={view.code} />
    )),
  ],
  places: { invited: SendInstead, typed: LooksForeign, entered: ReceiveInstead },
};
