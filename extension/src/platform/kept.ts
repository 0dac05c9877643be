// The invitation that brought the person here, until it is taken or refused.
// It lives as long as the tab, through reloads: the browser's history has had
// the link anyway. This is the only module that uses page storage (tests/arch);
// nothing else of Petmail is ever there.
import { findLink } from "./link";

const key = "petmail/invitation";

/** For browsers that keep nothing for this site. */
let inMemory: string | undefined;

/** Keeps an invite link, in place of the one before. */
export function keepInvite(text: string): void {
  const found = findLink(text);
  if (!found || found === "several") return;
  inMemory = found.link;
  try {
    sessionStorage.setItem(key, found.link);
  } catch {
    // blocked or full: then until the page goes
  }
}

/** The invite link that is kept. */
export function keptInvite(): string | undefined {
  let text = inMemory;
  try {
    text = sessionStorage.getItem(key) ?? inMemory;
  } catch {
    // blocked
  }
  const found = text === undefined ? undefined : findLink(text);
  return !found || found === "several" ? undefined : found.link;
}

/** Forgets the link that is kept: it was taken or refused. */
export function letInviteGo(): void {
  inMemory = undefined;
  try {
    sessionStorage.removeItem(key);
  } catch {
    // blocked: nothing is there
  }
}
