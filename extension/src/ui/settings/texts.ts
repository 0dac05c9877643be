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
  "settings.browser": "In this browser",
  "settings.install": "Install Petmail",
  "settings.installNote":
    "It gets an icon and a window of its own. Everything you have here stays.",
  "settings.links": "Open invitations here",
  "settings.linksNote": "Invite links then open in this Petmail, whichever relay they come from.",
  "settings.linksRelayNote":
    "Invite links of your relay then open in this Petmail, and the relay does not see that you clicked.",
  "settings.linksOpenHere": "Invite links of your relay open here.",
  "settings.linksRefused":
    "The browser did not allow that. You can still paste an invite link here with “I have a code or link”.",
  "settings.connection": "Connection",
  "settings.connected": "Connected. Messages arrive at once.",
  "settings.connecting": "Connecting …",
  "settings.offline":
    "Not connected. What you write is kept here and sent as soon as there is a connection.",
  "settings.retryIn.one": "Trying again in {count} second.",
  "settings.retryIn.other": "Trying again in {count} seconds.",
  "settings.tryNow": "Try now",
  "settings.keyAlarm":
    "Your relay shows other keys than before. It may have been replaced or taken over. Ask whoever runs it before you invite anybody new; what you write stays sealed all the same.",
  "settings.details": "Details",
  "settings.relay": "Your relay",
  "settings.relayNote":
    "It keeps sealed envelopes until you are there. It cannot open them, and it is built not to know who writes to whom.",
  "settings.version": "Version",
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
  "settings.browser": "In diesem Browser",
  "settings.install": "Petmail installieren",
  "settings.installNote":
    "Es bekommt ein eigenes Symbol und Fenster. Alles, was du hier hast, bleibt.",
  "settings.links": "Einladungen hier öffnen",
  "settings.linksNote":
    "Einladungslinks öffnen sich dann in diesem Petmail, von welchem Relay sie auch kommen.",
  "settings.linksRelayNote":
    "Einladungslinks deines Relays öffnen sich dann in diesem Petmail, und das Relay sieht nicht, dass du geklickt hast.",
  "settings.linksOpenHere": "Einladungslinks deines Relays öffnen sich hier.",
  "settings.linksRefused":
    "Der Browser hat das nicht erlaubt. Du kannst einen Einladungslink weiterhin unter „Ich habe einen Code oder Link“ einfügen.",
  "settings.connection": "Verbindung",
  "settings.connected": "Verbunden. Nachrichten kommen sofort an.",
  "settings.connecting": "Verbindet …",
  "settings.offline":
    "Nicht verbunden. Was du schreibst, bleibt hier und wird gesendet, sobald wieder eine Verbindung da ist.",
  "settings.retryIn.one": "Nächster Versuch in {count} Sekunde.",
  "settings.retryIn.other": "Nächster Versuch in {count} Sekunden.",
  "settings.tryNow": "Jetzt versuchen",
  "settings.keyAlarm":
    "Dein Relay zeigt andere Schlüssel als bisher. Vielleicht wurde es ersetzt oder übernommen. Frag nach, wer es betreibt, bevor du jemanden einlädst; was du schreibst, bleibt trotzdem verschlossen.",
  "settings.details": "Details",
  "settings.relay": "Dein Relay",
  "settings.relayNote":
    "Es bewahrt verschlossene Umschläge auf, bis du da bist. Öffnen kann es sie nicht, und es ist so gebaut, dass es nicht weiß, wer wem schreibt.",
  "settings.version": "Version",
};
