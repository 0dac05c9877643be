import { catalogue } from "../lib/catalogue";

/** What is said where a person or the whole Petmail is deleted. */
export const en = {
  "erase.title": "Delete this Petmail",
  "erase.note":
    "Your name, everybody you know here, all messages, drafts and settings go from this browser. Your contacts keep what you wrote and are not told. Nobody can bring it back.",
  "erase.button": "Delete this Petmail …",
  "erase.dialogTitle": "Delete this Petmail for good?",
  "erase.lost": "These go, at once and for ever:",
  "erase.lostPeople.one": "{count} person and everything you wrote to each other",
  "erase.lostPeople.other": "{count} people and everything you wrote to each other",
  "erase.lostRest": "your name, open invitations, drafts and settings",
  "erase.lostRelay": "what waits for you at the relay, if it can be reached now",
  "erase.word": "delete",
  "erase.type": "Type “{word}” to confirm",
  "erase.confirm": "Delete everything",
  "erase.working": "Deleting …",
} as const;

export const de: Record<keyof typeof en, string> = {
  "erase.title": "Dieses Petmail löschen",
  "erase.note":
    "Dein Name, alle, die du hier kennst, alle Nachrichten, Entwürfe und Einstellungen verschwinden aus diesem Browser. Deine Kontakte behalten, was du geschrieben hast, und erfahren es nicht. Niemand kann es zurückholen.",
  "erase.button": "Dieses Petmail löschen …",
  "erase.dialogTitle": "Dieses Petmail endgültig löschen?",
  "erase.lost": "Das verschwindet sofort und für immer:",
  "erase.lostPeople.one": "{count} Person und alles, was ihr euch geschrieben habt",
  "erase.lostPeople.other": "{count} Personen und alles, was ihr euch geschrieben habt",
  "erase.lostRest": "dein Name, offene Einladungen, Entwürfe und Einstellungen",
  "erase.lostRelay": "was beim Relay auf dich wartet, wenn es jetzt erreichbar ist",
  "erase.word": "löschen",
  "erase.type": "Tipp zur Bestätigung „{word}“",
  "erase.confirm": "Alles löschen",
  "erase.working": "Wird gelöscht …",
};

export const t = catalogue(en, de);
