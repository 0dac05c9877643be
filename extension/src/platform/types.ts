import type { AgentClient } from "../agent/types";

/** What the pages need of the browser. One object, made for the build's target. */
export interface Platform {
  readonly kind: "web" | "chromium" | "firefox";

  /** Pages of the web app: loads the agent's program before it is needed. */
  prepareAgent(): void;

  /** The way to the agent, which this starts where nobody has. The same each time. */
  connectAgent(): Promise<AgentClient>;

  /** The relay to suggest at the first run, "https://host" without a path. */
  defaultRelay(): string;

  /**
   * Asks, within a click, that invite links of this relay open here. False if
   * refused: all else works the same.
   */
  requestRelayPermission(relay: string): Promise<boolean>;

  /** Shows the app, from the popup, with a conversation if one is given. */
  openApp(conversation?: string): Promise<void>;

  /** Tells of a conversation to show: its notification was clicked, or openApp. */
  onOpenConversation(listener: (conversation: string) => void): () => void;

  /** Asks, within a click, whether notifications may be shown. */
  requestNotificationPermission(): Promise<boolean>;

  /** Whether notifications may be shown. */
  notificationPermission(): Promise<boolean>;

  /** Whether share can do anything here. */
  canShare(): boolean;

  /** Hands a text to the system's share sheet; false if cancelled or absent. */
  share(text: string): Promise<boolean>;

  /** Whether install would do anything now; called at once and on each change. */
  onCanInstall(listener: (can: boolean) => void): () => void;

  /** Offers to install the web app; false if declined or impossible. */
  install(): Promise<boolean>;

  /** Asks the browser never to clear our storage by itself. */
  persist(): Promise<boolean>;

  /** Whether the browser has granted that. */
  persisted(): Promise<boolean>;

  /** Whether asking may do any good: the person has not said no. */
  mayAskToPersist(): Promise<boolean>;

  /** What we use of the browser's storage and what it allows, in bytes. */
  estimate(): Promise<{ used: number; quota: number } | undefined>;

  /**
   * The invite link that brought the person here, or to this tab before a
   * reload; nothing of it stays in the address bar or history. A link that
   * came broken is given as it came.
   */
  takeInvite(): Promise<string | undefined>;

  /** The invite link that is kept for this tab until letInviteGo. */
  keptInvite(): string | undefined;

  /** The kept invitation was taken or refused. */
  letInviteGo(): void;

  /** Tells of invite links that come while the page is open, as takeInvite does. */
  onInvite(listener: (invite: string) => void): () => void;

  /**
   * For the landing page: keeps the link for takeInvite, and makes the address
   * that of the app. The page then shows the app.
   */
  openAppWithInvite(text: string): void;

  /** The link that opens an invite link in the person's own Petmail. */
  handoverLink(inviteLink: string): string;

  /** Asks the browser to open handover links here; it may ask the person. */
  registerHandover(): void;

  /** Where the extension packages are, for people without it. */
  extensionDownloads(): { chromium: string; firefox: string };
}
