import { catalogue } from "../lib/catalogue";

/** What the settings say. */
export const en = {
  "settings.title": "Settings",
  "settings.name": "Your name",
  "settings.nameNote":
    "People you meet from now on will see it. Those you know already keep the name they have.",
  "settings.save": "Save",
  "settings.saved": "Saved",
  "settings.language": "Language",
  "settings.languageBrowser": "The language of the browser",
  "settings.messages": "Messages",
  "settings.notifications": "Tell me when a message comes",
  "settings.notificationsNote": "It shows who wrote, never what they wrote.",
  "settings.notificationsRefused":
    "The browser does not allow Petmail to show anything. Allow notifications for Petmail in the browser’s own settings, then switch this on again.",
  "settings.quickReceipts": "Tell people sooner that their messages arrived",
  "settings.quickReceiptsNote":
    "Off: they see “delivered” with your next answer, or after ten minutes or so, and the relay cannot tell from the timing who writes to whom. On: they see it within seconds, and a relay that watches closely may guess more.",
  "settings.open": "Settings",
} as const;

export const de: Record<keyof typeof en, string> = {
  "settings.title": "Einstellungen",
  "settings.name": "Dein Name",
  "settings.nameNote":
    "Wen du ab jetzt kennenlernst, sieht ihn. Wer dich schon kennt, behält den bisherigen.",
  "settings.save": "Speichern",
  "settings.saved": "Gespeichert",
  "settings.language": "Sprache",
  "settings.languageBrowser": "Die Sprache des Browsers",
  "settings.messages": "Nachrichten",
  "settings.notifications": "Sag mir, wenn eine Nachricht kommt",
  "settings.notificationsNote": "Gezeigt wird, wer geschrieben hat, nie, was.",
  "settings.notificationsRefused":
    "Der Browser erlaubt Petmail nicht, etwas zu zeigen. Erlaube Petmail Benachrichtigungen in den Einstellungen des Browsers und schalte das hier noch einmal ein.",
  "settings.quickReceipts": "Anderen früher sagen, dass ihre Nachrichten angekommen sind",
  "settings.quickReceiptsNote":
    "Aus: Sie sehen „zugestellt“ mit deiner nächsten Antwort oder nach etwa zehn Minuten, und das Relay kann nicht an der Zeit erkennen, wer wem schreibt. An: Sie sehen es in Sekunden, und ein Relay, das genau hinsieht, errät vielleicht mehr.",
  "settings.open": "Einstellungen",
};

export const t = catalogue(en, de);
