import { catalogue } from "../lib/catalogue";

/** What is said of who somebody is, and the details of a person. */
export const en = {
  "who.keyAlarm":
    "The key of {name} has changed. Somebody may be pretending to be {name}. Compare the words before you write anything private.",
  "who.compare": "Compare",
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
  "who.sameNote":
    "Two of your contacts can be mistaken for each other. A name of your own tells them apart.",
  "who.renamed": "{name} now calls themselves {newName}.",
  "who.renamedVerified":
    "You compared the words for the key of {name}. That says nothing about a name: people can call themselves anything.",
  "who.useName": "Use this name",
  "who.keepName": "Keep {name}",
  "who.callsNow": "now calls themselves {name}",
  "who.differ":
    "You compared the words with {name}, and they differed. Somebody may be reading along. Write nothing private here until you have compared them again.",
  "who.moved": "The mailbox of {name} is now at {relay}.",
  "who.movedWas": "It was at {relay}. You need not do anything.",
  "who.noted": "All right",
  "who.relayAlarm":
    "The relay of {name} shows other keys than before. It may have been set up anew, or somebody has taken its place. Compare the words with {name} to be sure.",
} as const;

export const de: Record<keyof typeof en, string> = {
  "who.keyAlarm":
    "Der Schlüssel von {name} ist ein anderer geworden. Vielleicht gibt sich jemand als {name} aus. Vergleicht die Wörter, bevor du Privates schreibst.",
  "who.compare": "Vergleichen",
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
  "who.sameNote":
    "Zwei deiner Kontakte sind leicht zu verwechseln. Ein Name, den du selbst vergibst, hält sie auseinander.",
  "who.renamed": "{name} nennt sich jetzt {newName}.",
  "who.renamedVerified":
    "Die Wörter hast du für den Schlüssel von {name} verglichen. Über einen Namen sagt das nichts: Nennen kann man sich, wie man will.",
  "who.useName": "Diesen Namen nehmen",
  "who.keepName": "Bei {name} bleiben",
  "who.callsNow": "nennt sich jetzt {name}",
  "who.differ":
    "Du hast die Wörter mit {name} verglichen, und sie waren verschieden. Vielleicht liest jemand mit. Schreib hier nichts Privates, bis ihr sie noch einmal verglichen habt.",
  "who.moved": "Das Postfach von {name} ist jetzt bei {relay}.",
  "who.movedWas": "Vorher war es bei {relay}. Du musst nichts tun.",
  "who.noted": "In Ordnung",
  "who.relayAlarm":
    "Das Relay von {name} zeigt andere Schlüssel als vorher. Vielleicht wurde es neu eingerichtet, vielleicht steht jemand an seiner Stelle. Vergleich mit {name} die Wörter, um sicher zu sein.",
};

export const t = catalogue(en, de);
