import { catalogue } from "../lib/catalogue";

/** What is said where a conversation is saved. */
export const en = {
  "save.button": "Save as text",
  "save.title": "Save what you and {name} wrote as a file?",
  "save.reach":
    "The file lies outside of Petmail, and anybody who can use this device can read it. Deleting here does not reach it: not a message, not everything with {name}, and no timer.",
  "save.elsewhere":
    "Programs that copy your files elsewhere copy it, too. {name} is not told that you saved it.",
  "save.confirm": "Save",
  "save.progress": "Read so far: {count} messages",
  "save.head": "Petmail with {name}, saved {time}",
  "save.you": "You",
  "save.deleted": "(deleted by its author)",
  "save.unknown": "(a message that needs a newer Petmail)",
} as const;

export const de: Record<keyof typeof en, string> = {
  "save.button": "Als Text speichern",
  "save.title": "Was du und {name} geschrieben habt als Datei speichern?",
  "save.reach":
    "Die Datei liegt außerhalb von Petmail, und wer dieses Gerät benutzen kann, kann sie lesen. Löschen erreicht sie hier nicht: weder eine Nachricht noch alles mit {name}, und auch kein Verschwinden.",
  "save.elsewhere":
    "Programme, die deine Dateien anderswohin kopieren, kopieren auch sie. {name} erfährt nicht, dass du sie gespeichert hast.",
  "save.confirm": "Speichern",
  "save.progress": "Bisher gelesen: {count} Nachrichten",
  "save.head": "Petmail mit {name}, gespeichert {time}",
  "save.you": "Du",
  "save.deleted": "(vom Verfasser gelöscht)",
  "save.unknown": "(eine Nachricht, die ein neueres Petmail braucht)",
};

export const t = catalogue(en, de);
