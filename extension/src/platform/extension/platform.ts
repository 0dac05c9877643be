import { connect } from "../../agent/client";
import { hold } from "../../agent/names";
import type { AgentClient } from "../../agent/types";
import { handoverLink, onInviteInAddress, takeFromAddress } from "../handover";
import { keptInvite, letInviteGo } from "../kept";
import { nudgeOnReturn } from "../nudge";
import { estimate, mayAskToPersist } from "../storage";
import type { Platform } from "../types";
import { type ExtensionMessage, send } from "./messages";
import { appWithInvite, conversationPrefix, showApp } from "./show";

/** The lock of the app's tab that comes to the front when called. */
const frontName = "petmail/front";

/** Petmail as an extension, seen from its pages. */
export function extensionPlatform(): Platform {
  let client: AgentClient | undefined;
  const opened = openings();

  const start = (): AgentClient => {
    const started = connect({ wake: async () => void (await send({ ensure: true })) });
    nudgeOnReturn(started);
    return started;
  };

  return {
    kind: import.meta.env.VITE_TARGET === "firefox" ? "firefox" : "chromium",
    prepareAgent: () => undefined,
    connectAgent: async () => {
      client ??= start();
      return client;
    },
    defaultRelay: () => import.meta.env.VITE_DEFAULT_RELAY,
    requestRelayPermission: async (relay) => {
      const { protocol, hostname } = new URL(relay);
      try {
        return await chrome.permissions.request({ origins: [`${protocol}//${hostname}/*`] });
      } catch {
        return false; // not within a click, or not one we may ask for
      }
    },
    openApp: showApp,
    onOpenConversation: opened,
    requestNotificationPermission: () =>
      chrome.permissions.request({ permissions: ["notifications"] }),
    notificationPermission: () => chrome.permissions.contains({ permissions: ["notifications"] }),
    canShare: () => typeof navigator.share === "function",
    share: async (text) => {
      try {
        await navigator.share({ text });
        return true;
      } catch {
        return false;
      }
    },
    onCanInstall: (listener) => {
      listener(false);
      return () => undefined;
    },
    install: async () => false,
    persist: async () => (await navigator.storage?.persist?.()) ?? false,
    persisted: async () => (await navigator.storage?.persisted?.()) ?? false,
    mayAskToPersist,
    estimate,
    takeInvite: async () => takeFromAddress() ?? keptInvite(),
    keptInvite,
    letInviteGo,
    onInvite: onInviteInAddress,
    openAppWithInvite: (text) => location.assign(appWithInvite(text)),
    handoverLink,
    registerHandover: () => undefined, // the manifest does
    extensionDownloads: () => ({ chromium: "", firefox: "" }),
  };
}

/**
 * In the app's page: answers those who look for an open app, and remembers
 * which conversation it shall show until somebody asks.
 */
function openings(): Platform["onOpenConversation"] {
  const listeners = new Set<(conversation: string) => void>();
  let waiting: string | undefined;
  if (!location.pathname.endsWith("/app.html")) return () => () => undefined;

  const open = (conversation: string) => {
    if (listeners.size === 0) waiting = conversation;
    for (const listener of listeners) listener(conversation);
  };
  if (location.hash.startsWith(conversationPrefix)) {
    open(decodeURIComponent(location.hash.slice(conversationPrefix.length)));
    history.replaceState(null, "", location.pathname);
  }
  // Of several open apps one answers.
  let first = false;
  void hold(frontName).then(() => {
    first = true;
  });
  chrome.runtime.onMessage.addListener((message: ExtensionMessage, _sender, answer) => {
    if (!("show" in message) || !first) return false;
    void comeToFront();
    if (message.show.conversation) open(message.show.conversation);
    answer(true);
    return false;
  });
  return (listener) => {
    listeners.add(listener);
    if (waiting !== undefined) listener(waiting);
    waiting = undefined;
    return () => listeners.delete(listener);
  };
}

async function comeToFront(): Promise<void> {
  const tab = await chrome.tabs.getCurrent();
  if (tab?.id === undefined) return;
  await chrome.tabs.update(tab.id, { active: true });
  await chrome.windows.update(tab.windowId, { focused: true });
}
