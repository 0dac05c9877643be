import { catalogue } from "../lib/catalogue";

/** What is said of the relay and of the way to it. */
export const en = {
  "connection.title": "Connection",
  "connection.connected": "Connected. Messages arrive at once.",
  "connection.connecting": "Connecting …",
  "connection.offline":
    "Not connected. What you write is kept here and sent as soon as there is a connection.",
  "connection.retryIn.one": "Trying again in {count} second.",
  "connection.retryIn.other": "Trying again in {count} seconds.",
  "connection.tryNow": "Try now",
  "connection.keyAlarm":
    "Your relay shows other keys than before. It may have been replaced or taken over. Ask whoever runs it before you invite anybody new; what you write stays sealed all the same.",
  "connection.details": "Details",
  "connection.relay": "Your relay",
  "connection.relayNote":
    "It keeps sealed envelopes until you are there. It cannot open them, and it is built not to know who writes to whom.",
  "connection.version": "Version",
  "connection.lost":
    "No connection to your relay. Go on writing: all is kept here and sent as soon as it is back.",
  "connection.retry": "Try now",
  "connection.relayAlarm":
    "Your relay shows other keys than before, or than to your contacts. It may be trying to tell people apart. Your messages stay sealed; ask its operator.",
} as const;

export const de: Record<keyof typeof en, string> = {
  "connection.title": "Verbindung",
  "connection.connected": "Verbunden. Nachrichten kommen sofort an.",
  "connection.connecting": "Verbindet …",
  "connection.offline":
    "Nicht verbunden. Was du schreibst, bleibt hier und wird gesendet, sobald wieder eine Verbindung da ist.",
  "connection.retryIn.one": "Nächster Versuch in {count} Sekunde.",
  "connection.retryIn.other": "Nächster Versuch in {count} Sekunden.",
  "connection.tryNow": "Jetzt versuchen",
  "connection.keyAlarm":
    "Dein Relay zeigt andere Schlüssel als bisher. Vielleicht wurde es ersetzt oder übernommen. Frag nach, wer es betreibt, bevor du jemanden einlädst; was du schreibst, bleibt trotzdem verschlossen.",
  "connection.details": "Details",
  "connection.relay": "Dein Relay",
  "connection.relayNote":
    "Es bewahrt verschlossene Umschläge auf, bis du da bist. Öffnen kann es sie nicht, und es ist so gebaut, dass es nicht weiß, wer wem schreibt.",
  "connection.version": "Version",
  "connection.lost":
    "Keine Verbindung zu deinem Relay. Schreib ruhig weiter: Alles bleibt hier und wird gesendet, sobald sie wieder da ist.",
  "connection.retry": "Jetzt versuchen",
  "connection.relayAlarm":
    "Dein Relay zeigt andere Schlüssel als früher oder als deinen Kontakten. Vielleicht will es Leute unterscheiden. Deine Nachrichten bleiben verschlossen; frag, wer es betreibt.",
};

export const t = catalogue(en, de);
