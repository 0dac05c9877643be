// The first thing that runs behind an invite link: takes the secret out of the
// address bar and of the history.

/** What stood behind the "#". */
export const fragment = location.hash.slice(1);

history.replaceState(null, "", location.pathname);
