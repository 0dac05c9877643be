/** What the main pane shows: a kind that one of the slices draws, and what that needs. */
export interface View {
  readonly kind: string;
  readonly [needed: string]: unknown;
}

/** Nothing is open. */
export const home: View = { kind: "home" };

/** The view of a conversation. */
export function conversationView(id: string): View {
  return { kind: "conversation", id };
}

/** The conversation that a view shows, or "". */
export function conversationIn(view: View): string {
  return view.kind === "conversation" ? String(view.id) : "";
}
