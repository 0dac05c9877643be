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
  "forget.clear": "Delete all messages",
  "forget.clearNote": "The person stays.",
  "forget.clearTitle": "Delete all messages with {name}?",
  "forget.clearWords":
    "Everything you and {name} wrote so far goes from this Petmail for good, a draft too. What has not been sent is never sent. {name} stays in your list and keeps what they have.",
  "forget.clearConfirm": "Delete all messages",
  "forget.button": "Delete everything with {name}",
  "forget.lost":
    "This goes from this Petmail for good: all messages, a draft, what has not been sent yet, the name you gave {name}, whether you compared the words, and the keys to write to each other.",
  "forget.deleting": "A conversation is being deleted: {done} of at most {total} messages.",
  "forget.progress": "Progress of the deletion",
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
  "forget.clear": "Alle Nachrichten löschen",
  "forget.clearNote": "Die Person bleibt.",
  "forget.clearTitle": "Alle Nachrichten mit {name} löschen?",
  "forget.clearWords":
    "Alles, was du und {name} bisher geschrieben habt, verschwindet endgültig aus diesem Petmail, auch ein Entwurf. Was noch nicht gesendet ist, wird nie gesendet. {name} bleibt in deiner Liste und behält, was dort ist.",
  "forget.clearConfirm": "Alle Nachrichten löschen",
  "forget.button": "Alles mit {name} löschen",
  "forget.lost":
    "Das verschwindet endgültig aus diesem Petmail: alle Nachrichten, ein Entwurf, was noch nicht gesendet ist, der Name, den du {name} gegeben hast, ob ihr die Wörter verglichen habt, und die Schlüssel, mit denen ihr euch schreiben könnt.",
  "forget.deleting": "Eine Unterhaltung wird gelöscht: {done} von höchstens {total} Nachrichten.",
  "forget.progress": "Fortschritt beim Löschen",
};
