import { connect } from "../../agent/client";
import { prepareHost, startHost } from "../../agent/host";
import type { AgentClient } from "../../agent/types";
import { clearOrigin } from "../erased";
import { handoverLink, onInviteInAddress, takeFromAddress } from "../handover";
import { keepInvite, keptInvite, letInviteGo } from "../kept";
import { forgetBeingHere, rememberBeingHere, wasHere } from "../memory";
import { nudgeOnReturn } from "../nudge";
import { estimate, mayAskToPersist } from "../storage";
import type { Platform } from "../types";
import { installer } from "./install";
import { observeFromPage } from "./outside";
import { registerServiceWorker } from "./register";

/** Clears what this origin has of a Petmail that was deleted. */
async function erased(): Promise<void> {
  forgetBeingHere();
  unregisterHandover();
  // It comes again with the next agent, and keeps the app's files anew.
  const registration = await navigator.serviceWorker?.getRegistration();
  await registration?.unregister();
  await clearOrigin();
}

function unregisterHandover(): void {
  const browser = navigator as {
    unregisterProtocolHandler?: (scheme: string, url: string) => void;
  };
  try {
    browser.unregisterProtocolHandler?.("web+petmail", `${location.origin}/#%s`);
  } catch {
    // never registered
  }
}

/** Petmail as a web app of its relay. */
export function webPlatform(): Platform {
  const { onCanInstall, install } = installer();
  let client: AgentClient | undefined;

  const start = (): AgentClient => {
    startHost({
      version: import.meta.env.VITE_VERSION,
      kept: wasHere,
      // What makes the app work offline can wait until it works online. On a
      // disk with little room it must not be tried: a browser may empty all
      // that is stored when it fails.
      ready: (roomy) => roomy && registerServiceWorker(),
      erased,
    });
    const started = connect();
    rememberBeingHere(started);
    nudgeOnReturn(started);
    observeFromPage().catch(() => undefined); // nothing shows but what pages show
    return started;
  };

  return {
    kind: "web",
    prepareAgent: () => void prepareHost().catch(() => undefined),
    connectAgent: async () => {
      client ??= start();
      return client;
    },
    defaultRelay: () => location.origin,
    requestRelayPermission: async () => true,
    openApp: async () => undefined, // it is what the person looks at
    requestNotificationPermission: async () =>
      "Notification" in globalThis && (await Notification.requestPermission()) === "granted",
    notificationPermission: async () =>
      "Notification" in globalThis && Notification.permission === "granted",
    canShare: () => typeof navigator.share === "function",
    share: async (text) => {
      try {
        await navigator.share({ text });
        return true;
      } catch {
        return false; // the person changed their mind, or there is nothing to share with
      }
    },
    onCanInstall,
    install,
    persist: async () => (await navigator.storage?.persist?.()) ?? false,
    persisted: async () => (await navigator.storage?.persisted?.()) ?? false,
    mayAskToPersist,
    estimate,
    onOpenConversation: (listener) => {
      const heard = ({ data }: MessageEvent) => {
        if (typeof data?.open === "string") listener(data.open);
      };
      navigator.serviceWorker?.addEventListener("message", heard);
      return () => navigator.serviceWorker?.removeEventListener("message", heard);
    },
    takeInvite: async () => takeFromAddress() ?? keptInvite(),
    keptInvite,
    letInviteGo,
    onInvite: onInviteInAddress,
    openAppWithInvite: (text) => {
      keepInvite(text);
      history.replaceState(null, "", "/");
    },
    handoverLink,
    registerHandover: () => {
      // The browser puts the link into the fragment, which no server sees.
      navigator.registerProtocolHandler?.("web+petmail", `${location.origin}/#%s`);
    },
    extensionDownloads: () => ({
      chromium: "/get/petmail-chromium.zip",
      firefox: "/get/petmail-firefox.zip",
    }),
  };
}
