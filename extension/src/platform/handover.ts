// An invite link on its way into a Petmail: inside a web+petmail: link, or in
// the fragment of the app's address. Secrets stand in fragments only.

const scheme = "web+petmail:";

/** No link or code is longer. */
const maxInvite = 2_000;

/** The web+petmail: link that carries an invite link. */
export function handoverLink(inviteLink: string): string {
  return scheme + encodeURIComponent(inviteLink);
}

/**
 * The invite in the fragment of the app's address, with or without "#":
 * "#web+petmail:…" (encoded once more by the browser's protocol handler) or
 * the link itself.
 */
export function inviteInHash(hash: string): string | undefined {
  let text = hash.replace(/^#/, "");
  // Once by us, once by the browser.
  for (let i = 0; i < 3 && /^[\w+.-]*%|^[\w+.-]+:[^/]*%/.test(text); i++) {
    try {
      text = decodeURIComponent(text);
    } catch {
      return undefined;
    }
  }
  if (text.startsWith(scheme)) text = text.slice(scheme.length).replace(/^\/\//, "");
  return isInvite(text) ? text : undefined;
}

/**
 * Whether a text may be an invite link, of any relay. The agent reads it
 * strictly.
 */
function isInvite(text: string): boolean {
  return text.length <= maxInvite && /^https?:\/\/[^/?#]+\/i\/[^?#]*#./.test(text);
}

/** Takes the invite out of this page's address and history. */
export function takeFromAddress(): string | undefined {
  const { hash, pathname } = location;
  if (hash.length < 2) return undefined;
  const invite = inviteInHash(hash);
  if (invite) history.replaceState(null, "", pathname);
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
