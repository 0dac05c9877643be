// Chromium's offer to install the web app; other browsers have their own menus.
interface InstallPrompt extends Event {
  prompt(): Promise<{ outcome: "accepted" | "dismissed" }>;
}

/** Listens for the offer from now on, which comes early and once. */
export function installer(): {
  onCanInstall(listener: (can: boolean) => void): () => void;
  install(): Promise<boolean>;
} {
  const listeners = new Set<(can: boolean) => void>();
  let offer: InstallPrompt | undefined;
  const set = (next: InstallPrompt | undefined) => {
    offer = next;
    for (const listener of listeners) listener(offer !== undefined);
  };
  globalThis.addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    set(event as InstallPrompt);
  });
  globalThis.addEventListener("appinstalled", () => set(undefined));
  return {
    onCanInstall: (listener) => {
      listeners.add(listener);
      listener(offer !== undefined);
      return () => listeners.delete(listener);
    },
    install: async () => {
      const taken = offer;
      if (!taken) return false;
      set(undefined); // it works only once
      return (await taken.prompt()).outcome === "accepted";
    },
  };
}
