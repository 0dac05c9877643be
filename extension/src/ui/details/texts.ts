/** What the details of a person say. */
export const en = {
  "details.title": "Details",
  "details.close": "Close details",
  "details.theirName": "calls themselves {name}",
  "details.metByCode": "You met by a spoken code on {date}.",
  "details.metByLink": "You met by a link on {date}.",
  "details.petname": "Your name for them",
  "details.petnameNote": "Only you see it.",
  "details.petnameReset": "Back to “{name}”",
  "details.save": "Save",
  "details.saved": "Saved",
  "details.technical": "Connection",
  "details.relay": "Their relay",
  "details.relayWas": "Before",
  "details.notYet": "not known yet",
  "details.relayNote":
    "The relay keeps sealed envelopes until {name} is there. It cannot open them.",
  "details.forgetTitle": "Delete everything with {name}?",
  "details.forgetWords":
    "You can no longer write to each other. {name} keeps their copy and is not told. To write again you need a new invitation.",
  "details.forgetConfirm": "Delete everything",
  "verify.title": "Is it really them?",
  "verify.why":
    "You met through an invitation. To be sure that nobody stands between you and {name}, compare twelve words once.",
  "verify.later": "You can check this as soon as you are connected.",
  "verify.show": "Compare the words",
  "verify.showAgain": "Show the words again",
  "verify.again": "Compare again",
  "verify.words": "Twelve words",
  "verify.how":
    "Call {name} or meet. {name} opens Details and then Compare the words. Read the words to each other. They must be the same.",
  "verify.same": "They are the same",
  "verify.differ": "They differ",
  "verify.notNow": "Not now",
  "verify.done": "You have compared the words with {name}. Nobody is between you.",
  "verify.undo": "Take this back",
  "verify.different":
    "Then somebody may be reading along. Write nothing private here. Tell {name} another way, forget this conversation and meet again with a new invitation.",
  "verify.alarm":
    "The key of {name} has changed since you met. If {name} cannot explain why, somebody may be pretending to be {name}.",
} as const;

export const de: Record<keyof typeof en, string> = {
  "details.title": "Details",
  "details.close": "Details schließen",
  "details.theirName": "nennt sich {name}",
  "details.metByCode": "Kennengelernt durch einen gesprochenen Code am {date}.",
  "details.metByLink": "Kennengelernt durch einen Link am {date}.",
  "details.petname": "Dein Name für diese Person",
  "details.petnameNote": "Nur du siehst ihn.",
  "details.petnameReset": "Zurück zu „{name}“",
  "details.save": "Speichern",
  "details.saved": "Gespeichert",
  "details.technical": "Verbindung",
  "details.relay": "Relay dieser Person",
  "details.relayWas": "Vorher",
  "details.notYet": "noch nicht bekannt",
  "details.relayNote":
    "Das Relay bewahrt verschlossene Umschläge auf, bis {name} da ist. Öffnen kann es sie nicht.",
  "details.forgetTitle": "Alles mit {name} löschen?",
  "details.forgetWords":
    "Ihr könnt euch nicht mehr schreiben. {name} behält die eigene Kopie und erfährt es nicht. Um wieder zu schreiben, braucht ihr eine neue Einladung.",
  "details.forgetConfirm": "Alles löschen",
  "verify.title": "Ist es wirklich diese Person?",
  "verify.why":
    "Ihr habt euch durch eine Einladung gefunden. Damit sicher niemand zwischen dir und {name} steht, vergleicht einmal zwölf Wörter.",
  "verify.later": "Das lässt sich prüfen, sobald ihr verbunden seid.",
  "verify.show": "Wörter vergleichen",
  "verify.showAgain": "Wörter noch einmal zeigen",
  "verify.again": "Noch einmal vergleichen",
  "verify.words": "Zwölf Wörter",
  "verify.how":
    "Ruf {name} an oder trefft euch. {name} öffnet Details und dann Wörter vergleichen. Lest euch die Wörter vor. Sie müssen gleich sein.",
  "verify.same": "Sie sind gleich",
  "verify.differ": "Sie sind verschieden",
  "verify.notNow": "Jetzt nicht",
  "verify.done": "Du hast die Wörter mit {name} verglichen. Niemand steht zwischen euch.",
  "verify.undo": "Zurücknehmen",
  "verify.different":
    "Dann liest vielleicht jemand mit. Schreib hier nichts Privates. Sag es {name} auf anderem Weg, vergiss diese Unterhaltung und lernt euch mit einer neuen Einladung neu kennen.",
  "verify.alarm":
    "Der Schlüssel von {name} ist ein anderer als bei eurem Kennenlernen. Kann {name} das nicht erklären, gibt sich vielleicht jemand als {name} aus.",
};
