import { AgentError, type CallErrorCode } from "../../agent/types";
import { platform } from "../../platform";
import { findLink } from "../../platform/link";

/** Refusals of which trying again makes nothing better. */
const final: ReadonlySet<CallErrorCode> = new Set([
  "bad_code",
  "bad_word",
  "several",
  "own_invite",
  "private_host",
]);

/**
 * Lets go of the invitation that is kept for this tab if it is that of the
 * text, and the agent has taken it, or refused it for good.
 */
export function settled(text: string, reason?: unknown): void {
  if (reason !== undefined && !(reason instanceof AgentError && final.has(reason.code))) return;
  const found = findLink(text);
  if (found && found !== "several" && found.link === platform.keptInvite()) platform.letInviteGo();
}
