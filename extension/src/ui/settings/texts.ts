/** What the settings say. */
export const en = {
  "settings.title": "Settings",
  "settings.name": "Your name",
  "settings.nameNote": "People you meet from now on see it.",
  "settings.save": "Save",
  "settings.saved": "Saved",
  "settings.notifications": "Tell me about new messages",
  "settings.notificationsNote": "Only that somebody wrote, never what.",
  "settings.notificationsRefused":
    "The browser does not allow it. Allow notifications for Petmail in the browser's settings, then switch this on again.",
  "settings.quickReceipts": "Tell people sooner that their messages arrived",
  "settings.quickReceiptsNote":
    "Within seconds. Otherwise it takes about 10 minutes, 30 at most, unless you answer: so the relay cannot see who reacts to whom.",
  "settings.language": "Language",
  "settings.languageBrowser": "As the browser has it",
  "settings.device": "This device",
  "settings.install": "Install Petmail as an app",
  "settings.installNote": "With a window of its own, without the browser around it.",
  "settings.links": "Open invite links in this Petmail",
  "settings.linksNote": "The browser asks you once.",
  "settings.kept": "The browser keeps Petmail's data until you delete it.",
  "settings.notKept":
    "The browser may delete Petmail's data by itself when the device is full. Ask it not to:",
  "settings.keep": "Keep my data",
  "settings.keepRefused":
    "The browser did not promise it. Installing Petmail or using it often helps.",
  "settings.connection": "Connection",
  "settings.relay": "Your relay",
  "settings.relayNote": "It keeps sealed envelopes until you wake. It cannot open them.",
  "settings.version": "Version",
} as const;

export const de: Record<keyof typeof en, string> = {
  "settings.title": "Einstellungen",
  "settings.name": "Dein Name",
  "settings.nameNote": "Wen du von jetzt an kennenlernst, sieht ihn.",
  "settings.save": "Speichern",
  "settings.saved": "Gespeichert",
  "settings.notifications": "Neue Nachrichten melden",
  "settings.notificationsNote": "Nur, dass jemand geschrieben hat, nie was.",
  "settings.notificationsRefused":
    "Der Browser erlaubt es nicht. Erlaube Petmail in den Einstellungen des Browsers Benachrichtigungen und schalte dies dann wieder ein.",
  "settings.quickReceipts": "Anderen eher sagen, dass ihre Nachrichten da sind",
  "settings.quickReceiptsNote":
    "Binnen Sekunden. Sonst dauert es etwa 10 Minuten, höchstens 30, wenn du nicht antwortest: So kann das Relay nicht sehen, wer auf wen reagiert.",
  "settings.language": "Sprache",
  "settings.languageBrowser": "Wie der Browser",
  "settings.device": "Dieses Gerät",
  "settings.install": "Petmail als App installieren",
  "settings.installNote": "Mit eigenem Fenster, ohne Browser darum herum.",
  "settings.links": "Einladungslinks in diesem Petmail öffnen",
  "settings.linksNote": "Der Browser fragt dich einmal.",
  "settings.kept": "Der Browser bewahrt Petmails Daten auf, bis du sie löschst.",
  "settings.notKept":
    "Der Browser kann Petmails Daten von sich aus löschen, wenn das Gerät voll ist. Bitte ihn, das nicht zu tun:",
  "settings.keep": "Daten behalten",
  "settings.keepRefused":
    "Der Browser hat es nicht zugesagt. Es hilft, Petmail zu installieren oder oft zu benutzen.",
  "settings.connection": "Verbindung",
  "settings.relay": "Dein Relay",
  "settings.relayNote":
    "Es bewahrt verschlossene Umschläge auf, bis du wach bist. Öffnen kann es sie nicht.",
  "settings.version": "Version",
};
