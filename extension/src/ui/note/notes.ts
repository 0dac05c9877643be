// Notes: what becomes of them by events, and what a person does with them.
import { batch } from "@preact/signals";
import type { Event, Note } from "../../api";
import { type Data, newestFirst, put, type State, without } from "../lib/state";
import { home, type View } from "../lib/view";

/** A note to or from somebody who has wormhole. */
export type NoteView = { kind: "note"; id: string };

export function noteView(id: string): NoteView {
  return { kind: "note", id };
}

/** Where a note is written. */
export type NewNoteView = { kind: "note-new"; text: string };

export const newNoteView: NewNoteView = { kind: "note-new", text: "" };

/** Where a code of wormhole is entered. */
export type CodeView = { kind: "note-enter"; code: string };

export function codeView(code: string): CodeView {
  return { kind: "note-enter", code };
}

/** Whether nothing more comes of a note. */
export function noteEnded({ state }: Note): boolean {
  return !["preparing", "waiting", "joining"].includes(state);
}

/** Notes, the newest first. */
export function reduce(data: Data, event: Event): Data {
  switch (event.kind) {
    case "note":
      return { ...data, notes: put(data.notes, event.data).sort(newestFirst) };
    case "noteRemoved":
      return { ...data, notes: without(data.notes, event.data) };
    default:
      return data;
  }
}

/** A note that is gone is left. */
export function follow(view: View, _: Data | undefined, after: Data): View {
  return view.kind === "note" && !after.notes.some(({ id }) => id === view.id) ? home : view;
}

/** Asks for a code under which a text can be fetched. Rejects with an AgentError. */
export async function sendNote(state: State, text: string): Promise<void> {
  show(state, await state.client.call("note.send", { text }));
}

/**
 * Fetches the text behind a code of wormhole; exact: whatever the list of words
 * says. Rejects with an AgentError.
 */
export async function receiveNote(
  state: State,
  code: string,
  relay: string,
  exact: boolean,
): Promise<void> {
  show(state, await state.client.call("note.receive", { code, relay, exact }));
}

/** Cancels a note under way, or forgets one that is done. Rejects with an AgentError. */
export async function dismissNote(state: State, note: string): Promise<void> {
  await state.client.call("note.dismiss", { note });
  state.take({ kind: "noteRemoved", data: note });
}

function show(state: State, note: Note): void {
  batch(() => {
    // Events about it may have come before this answer and know more.
    if (!state.data.peek()?.notes.some(({ id }) => id === note.id))
      state.take({ kind: "note", data: note });
    state.show(noteView(note.id));
  });
}
