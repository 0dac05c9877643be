import { useCallback, useEffect, useRef } from "preact/hooks";
import type { State } from "../lib/state";
import { home } from "../lib/view";

/**
 * Makes the browser's back button lead to the list. The one entry added to the
 * history says nothing but that. Returns the way back for our own buttons.
 */
export function useBackButton(state: State): () => void {
  const away = state.view.value.kind !== "home";
  const pushed = useRef(false);
  const leaving = useRef(false); // our own step back has not arrived yet

  useEffect(() => {
    if (away && !pushed.current) {
      history.pushState(null, "", location.pathname);
      pushed.current = true;
    } else if (!away && pushed.current) {
      // Home was reached by another way; the entry goes too.
      pushed.current = false;
      leaving.current = true;
      history.back();
    }
  }, [away]);

  useEffect(() => {
    const left = () => {
      if (leaving.current) {
        // Whoever went on meanwhile stays there: of the two entries one is left.
        leaving.current = false;
        return;
      }
      if (!pushed.current) return;
      pushed.current = false;
      state.show(home);
    };
    globalThis.addEventListener("popstate", left);
    return () => globalThis.removeEventListener("popstate", left);
  }, [state]);

  return useCallback(() => state.show(home), [state]);
}
