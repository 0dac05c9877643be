/** What the list of people says. */
export const en = {
  "list.label": "People",
  "list.unnamed": "New contact",
  "list.they": "the other person",
  "list.you": "You:",
  "list.verified": "verified",
  "list.keyAlarm": "The key has changed",
  "list.unread.one": "{count} unread message",
  "list.unread.other": "{count} unread messages",
  "list.waiting": "Waits for their Petmail to wake",
  "list.aside": "Something here could not be handled",
  "list.failed": "The invitation did not work",
  "list.beginning": "You can write now",
  "list.unknownKind": "A message that needs a newer Petmail",
} as const;

export const de: Record<keyof typeof en, string> = {
  "list.label": "Leute",
  "list.unnamed": "Neuer Kontakt",
  "list.they": "die andere Person",
  "list.you": "Du:",
  "list.verified": "bestätigt",
  "list.keyAlarm": "Der Schlüssel ist ein anderer geworden",
  "list.unread.one": "{count} ungelesene Nachricht",
  "list.unread.other": "{count} ungelesene Nachrichten",
  "list.waiting": "Wartet, bis das andere Petmail aufwacht",
  "list.aside": "Hier ließ sich etwas nicht verarbeiten",
  "list.failed": "Die Einladung hat nicht geklappt",
  "list.beginning": "Ihr könnt euch jetzt schreiben",
  "list.unknownKind": "Eine Nachricht, die ein neueres Petmail braucht",
};
