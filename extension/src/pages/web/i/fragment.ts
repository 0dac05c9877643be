// The first thing that runs behind an invite link: takes the secret out of the
// address bar and of the history.
import { keepInvite, keptInvite } from "../../../platform/kept";
import { findLink } from "../../../platform/link";

/** What somebody came to the landing page with. */
export interface Came {
  /** The invite link of now, or of before a reload. */
  link: string | undefined;
  /** The address had an invitation that is not whole. */
  broken: boolean;
  /** The secret stood where browsers send it to the relay. */
  seen: boolean;
}

/** Reads and clears the address; a link in it is kept for the tab. */
export function takeLink(): Came {
  const { href, pathname, search, hash } = location;
  if (href !== `${location.origin}/i/`) history.replaceState(null, "", "/i/");
  const found = findLink(href) ?? strayed(pathname + search + hash);
  if (found && found !== "several") {
    keepInvite(found.link);
    return { link: found.link, broken: false, seen: /peti1/i.test(decoded(pathname + search)) };
  }
  const bare = hash.length < 2 && search === "" && pathname === "/i/";
  return bare
    ? { link: keptInvite(), broken: false, seen: false }
    : { link: undefined, broken: true, seen: false };
}

/** The link to a secret that stands anywhere in this site's address. */
function strayed(rest: string): ReturnType<typeof findLink> {
  const secret = /peti1[a-z0-9]+/i.exec(decoded(rest));
  return secret ? findLink(`${location.origin}/i/#${secret[0]}`) : undefined;
}

/** Without percent-encoding, of which programs may have put on two coats. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(decodeURIComponent(text));
  } catch {
    return text;
  }
}
