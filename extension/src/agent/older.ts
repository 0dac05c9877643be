// Tabs that were open before the web app was updated go on, and pages and
// Workers of both versions meet. Before events had kinds, an event was an
// object with one field: {conversation: …}, not {kind: "conversation", data: …}.
import type { Event, Reply } from "../api";

/** What a Worker of either version says. */
export function heard(text: string): Reply | Event {
  const said = JSON.parse(text) as Reply | Event;
  if ("id" in said || "kind" in said) return said;
  const [kind, data] = Object.entries(said)[0] ?? [];
  return { kind, data } as Event;
}

/** What is said to a page that knows no kinds. */
export function withoutKind(text: string): string {
  const said = JSON.parse(text) as Reply | Event;
  return "kind" in said ? JSON.stringify({ [said.kind]: said.data }) : text;
}
