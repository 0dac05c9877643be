// An invite link on its way into a Petmail: inside a web+petmail: link, or in
// the fragment of the app's address. Secrets stand in fragments only.

import { keepInvite } from "./kept";
import { findLink } from "./link";

const scheme = "web+petmail:";

/** What looks like an invite link and is none is shown up to this length. */
const maxBroken = 2_000;

/** The web+petmail: link that carries an invite link. */
export function handoverLink(inviteLink: string): string {
  return scheme + encodeURIComponent(inviteLink);
}

/**
 * The invite in the fragment of the app's address, with or without "#":
 * "#web+petmail:…" (encoded once more by the browser's protocol handler) or
 * the link itself. A link that is not whole is given as it came: the person is
 * told so.
 */
export function inviteInHash(hash: string): string | undefined {
  const text = hash.replace(/^#/, "");
  const found = findLink(text);
  if (found && found !== "several") return found.link;
  const broken = decoded(text);
  return broken.length <= maxBroken && /^(web\+petmail:)?https?:\/\/[^/?#]+\/i[/?#]/i.test(broken)
    ? broken
    : undefined;
}

/** Once encoded by us, once by the browser. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(decodeURIComponent(text));
  } catch {
    return text;
  }
}

/** Takes the invite out of this page's address and history, and keeps it for the tab. */
export function takeFromAddress(): string | undefined {
  const { hash, pathname } = location;
  if (hash.length < 2) return undefined;
  const invite = inviteInHash(hash);
  if (invite) {
    history.replaceState(null, "", pathname);
    keepInvite(invite);
  }
  return invite;
}

/** Takes invites out of the address that come while the page is open. */
export function onInviteInAddress(listener: (invite: string) => void): () => void {
  const changed = () => {
    const invite = takeFromAddress();
    if (invite) listener(invite);
  };
  globalThis.addEventListener("hashchange", changed);
  return () => globalThis.removeEventListener("hashchange", changed);
}
