import type { Conversation } from "../../api";
import { t } from "./catalogue";
import { safeLine } from "./text";

/** What a contact is called on every page. */
export function shownName(conversation: Pick<Conversation, "name" | "theirName">): string {
  const name = safeLine(conversation.name);
  if (name) return name;
  // Before they have joined there is none; later it may be one that shows nothing.
  return t(conversation.theirName ? "who.noName" : "list.unnamed");
}

/** Says that somebody else has a name, or one that looks like it. */
export function likeness(name: string, other: string): string {
  const shown = safeLine(other);
  return t(safeLine(name) === shown ? "who.same" : "who.similar", { name: shown });
}
