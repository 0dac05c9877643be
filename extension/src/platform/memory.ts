import type { AgentClient } from "../agent/types";

// One fact is remembered outside of what the agent stores: that a Petmail was
// here. Browsers that empty an origin's database and files, on a full disk for
// one, leave localStorage, so that a first run is not offered where something
// was lost. It goes when the Petmail is deleted, and with the site's data.
// That is all that pages keep there.

const key = "petmail-was-here";

/** Whether a Petmail was here, as far as anything remembers. */
export function wasHere(): boolean {
  try {
    return localStorage.getItem(key) !== null;
  } catch {
    return false; // nothing can be kept here
  }
}

/**
 * Remembers, as soon as there is a Petmail, and forgets where there is none yet:
 * a page that is told late what was before a deletion remembers it, and is told
 * of the deletion next. Where one was lost there is none to begin, but a broken
 * one, and that stays.
 */
export function rememberBeingHere(client: AgentClient): void {
  client.onEvent((event) => {
    if (event.kind !== "snapshot") return;
    const { phase } = event.data;
    if (phase === "new") forgetBeingHere();
    if (phase !== "ready" && phase !== "locked") return;
    try {
      if (!wasHere()) localStorage.setItem(key, "1");
    } catch {
      // then nothing remembers
    }
  });
}

/** Forgets: the person has deleted it, or begins anew. */
export function forgetBeingHere(): void {
  try {
    localStorage.removeItem(key);
  } catch {
    // it was not there
  }
}
