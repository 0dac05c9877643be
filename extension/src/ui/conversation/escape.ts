import { useEffect } from "preact/hooks";

/** Calls back when the escape key is pressed and nothing on top takes it. */
export function useEscape(back: () => void): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.defaultPrevented || event.isComposing) return;
      if (document.querySelector("dialog[open], [popover]:popover-open")) return;
      event.preventDefault();
      back();
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, [back]);
}
