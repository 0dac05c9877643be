// The page that clicks on invite links are redirected to (links.ts). It is the
// only one that other sites can lead to, and hands the link to the app. What
// stood behind "/i" in the link is its fragment.
import { appWithInvite } from "./show";

const relay = new URLSearchParams(location.search).get("relay");
// Nobody shows us in a frame.
if (relay && self === top) location.replace(appWithInvite(`${relay}/i${location.hash.slice(1)}`));
