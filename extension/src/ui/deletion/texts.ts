import { catalogue } from "../lib/catalogue";

/** What is said where messages go away. */
export const en = {
  "delete.menu": "Delete",
  "delete.title": "Delete this message here?",
  "delete.mine": "It goes from this Petmail for good. If it has reached {name}, {name} keeps it.",
  "delete.theirs": "It goes from this Petmail for good. {name} keeps a copy of what they wrote.",
  "delete.confirm": "Delete",
  "delete.everyoneMenu": "Delete for everyone",
  "delete.hereMenu": "Delete here only",
  "delete.removeMenu": "Remove this line",
  "delete.everyoneTitle": "Delete this message for everyone?",
  "delete.everyone":
    "It goes from this Petmail for good, and the Petmail of {name} is asked to delete it too. You see when it has. An old or altered Petmail, or a picture of the screen, can keep it.",
  "delete.unsent": "It has not been sent yet. It goes from here and is never sent.",
  "delete.tombstone": "The message is gone already. This removes the line that says so, here only.",
  "delete.everyoneConfirm": "Delete for everyone",
  "timer.title": "Disappearing messages",
  "timer.button": "Disappearing messages: {time}",
  "timer.explain":
    "What you and {name} write from now on disappears on both sides: for the reader this long after reading, for the writer this long after sending. Messages that are here already stay as they are. {name} sees that you set this, and either of you can change it.",
  "timer.set": "Set",
  "forget.title": "Delete everything with {name}?",
  "forget.words":
    "You can no longer write to each other. {name} keeps their copy and is not told. To write again you need a new invitation.",
  "forget.confirm": "Delete everything",
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
  "delete.menu": "Löschen",
  "delete.title": "Diese Nachricht hier löschen?",
  "delete.mine":
    "Sie verschwindet endgültig aus diesem Petmail. Hat sie {name} schon erreicht, bleibt sie dort.",
  "delete.theirs": "Sie verschwindet endgültig aus diesem Petmail. {name} behält das Geschriebene.",
  "delete.confirm": "Löschen",
  "delete.everyoneMenu": "Für alle löschen",
  "delete.hereMenu": "Nur hier löschen",
  "delete.removeMenu": "Diese Zeile entfernen",
  "delete.everyoneTitle": "Diese Nachricht für alle löschen?",
  "delete.everyone":
    "Sie verschwindet endgültig aus diesem Petmail, und das Petmail von {name} wird gebeten, sie auch zu löschen. Du siehst, wann es das getan hat. Ein altes oder verändertes Petmail oder ein Foto vom Bildschirm kann sie behalten.",
  "delete.unsent": "Sie ist noch nicht gesendet. Sie verschwindet hier und wird nie gesendet.",
  "delete.tombstone":
    "Die Nachricht ist schon weg. Das entfernt die Zeile, die davon erzählt, nur hier.",
  "delete.everyoneConfirm": "Für alle löschen",
  "timer.title": "Verschwindende Nachrichten",
  "timer.button": "Verschwindende Nachrichten: {time}",
  "timer.explain":
    "Was du und {name} ab jetzt schreibt, verschwindet auf beiden Seiten: beim Lesen so lange nach dem Lesen, beim Schreiben so lange nach dem Senden. Nachrichten, die schon da sind, bleiben, wie sie sind. {name} sieht, dass du das eingestellt hast, und jeder von euch kann es ändern.",
  "timer.set": "Einstellen",
  "forget.title": "Alles mit {name} löschen?",
  "forget.words":
    "Ihr könnt euch nicht mehr schreiben. {name} behält die eigene Kopie und erfährt es nicht. Um wieder zu schreiben, braucht ihr eine neue Einladung.",
  "forget.confirm": "Alles löschen",
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

export const t = catalogue(en, de);
