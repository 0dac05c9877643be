import { catalogue } from "../lib/catalogue";

/** What is said about the lock, and about storage that does not open. */
export const en = {
  "lock.title": "Petmail is locked",
  "lock.words": "Nobody can read anything here until you unlock it. Messages wait at your relay.",
  "lock.passphrase": "Passphrase",
  "lock.show": "Show what I type",
  "lock.unlock": "Unlock",
  "lock.unlocking": "Unlocking…",
  "lock.withPasskey": "Unlock with a passkey",
  "lock.passkeyElsewhere":
    "There is a passkey for this Petmail, but this browser cannot use it. A current Chrome, Edge or Safari can.",
  "lock.wrong": "That is not the passphrase. Nothing is lost; try again.",
  "lock.wrongPasskey": "That is not the passkey of this Petmail. Try again with the right one.",
  "lock.empty": "Type the passphrase first.",
  "lock.forgotten": "I forgot it",
  "lock.forgottenWords":
    "Nobody can reset a passphrase, not even the makers of Petmail. All you can do is delete this Petmail and begin anew. People you know would have to invite you again.",
  "lock.eraseWord": "DELETE",
  "lock.eraseLabel": "To confirm, type {word}",
  "lock.erase": "Delete everything and begin anew",
  "lock.erasing": "Deleting…",
  "lock.memory":
    "There is not enough memory to check the passphrase. Close some tabs and try again.",
  "lock.params":
    "This lock was made by a newer Petmail, or somebody changed it. Update Petmail and try again.",
  "lock.cancelled": "The passkey was not used. Try again when you are ready.",
  "lock.passkey": "The passkey did not work here. Try again, or use another device for it.",
  "lock.noprf":
    "This passkey cannot keep a key for Petmail. Use another device or another password manager for it.",
  "lock.brokenTitle": "Petmail does not find what it stored",
  "lock.broken.store_gone":
    "The browser has kept the key to your messages but lost the messages themselves. Part of its storage was wiped, by a cleaning program, or by the browser when room was short.",
  "lock.broken.root_gone":
    "The browser has kept your messages, sealed, but lost the key to them. Part of its storage was wiped, by a cleaning program, or by the browser when room was short.",
  "lock.broken.damaged":
    "Your messages are there, but what leads to them is damaged, by a fault of the disk or by another program.",
  "lock.broken.newer":
    "A newer Petmail has opened this browser’s messages. Update Petmail, or close all its pages and open them again, and try again.",
  "lock.broken.emptied":
    "There was a Petmail in this browser, and the browser has emptied all that it had stored, as browsers do when the disk is full. Your conversations are gone here; the people you wrote with still have theirs.",
  "lock.brokenRestore":
    "Nothing was changed or written over. If you have a copy of this browser’s profile from before, close the browser, put it back, and try again.",
  "lock.brokenAgain": "Try again",
  "lock.brokenAnew": "Begin anew",
  "lock.brokenAnewWords":
    "If there is no copy, what was here cannot be read any more. You can begin anew with an empty Petmail. People you know would have to invite you again.",
  "lock.settings": "Lock",
  "lock.settingsOff":
    "Petmail opens without a secret: whoever can use this browser can read your messages.",
  "lock.settingsOn": "Petmail is locked whenever the browser starts.",
  "lock.now": "Lock now",
  "lock.set": "Set a passphrase",
  "lock.change": "Change the passphrase",
  "lock.remove": "Remove the passphrase",
  "lock.addPasskey": "Add a passkey",
  "lock.removePasskey": "Remove the passkey",
  "lock.present": "Present passphrase",
  "lock.new": "New passphrase",
  "lock.repeat": "The same again",
  "lock.newNote":
    "At least {count} characters. Four or five words that nobody would put together are good, and easy to remember.",
  "lock.different": "The two are not the same.",
  "lock.tooShort": "At least {count} characters are needed.",
  "lock.strength.short": "Too short",
  "lock.strength.weak": "Weak: somebody who has this device can guess it within days",
  "lock.strength.fair": "Fair: guessing it takes somebody real effort",
  "lock.strength.good": "Good",
  "lock.warning":
    "A forgotten passphrase cannot be reset, by nobody. Without it everything here is lost.",
  "lock.keepsPasskey": "The browser asks for the passkey too, since that stays.",
  "lock.confirmPasskey": "The browser asks for the passkey first.",
  "lock.removePassphraseWords":
    "From then on this Petmail opens without the passphrase. What was stored before is sealed again under a fresh key.",
  "lock.removePasskeyWords":
    "The passkey opens nothing any more. You can also delete it where it is kept.",
  "lock.addPasskeyWords":
    "Your device, phone or security key then opens Petmail, by fingerprint, face or PIN. Keep a passphrase beside it: if the passkey is lost and there is none, everything here is lost.",
  "lock.save": "Save",
  "lock.saving": "Working…",
  "lock.cancel": "Cancel",
  "lock.saved": "Done. The lock is changed.",
  "lock.auto": "Lock by itself",
  "lock.autoNote.app": "It also locks when you close or reload the tab that it runs in.",
  "lock.autoNote.extension": "It also locks when the browser closes.",
  "lock.auto.0": "Only when the browser closes",
  "lock.auto.1": "After 1 minute without me",
  "lock.auto.5": "After 5 minutes without me",
  "lock.auto.15": "After 15 minutes without me",
  "lock.auto.60": "After an hour without me",
} as const;

export const de: Record<keyof typeof en, string> = {
  "lock.title": "Petmail ist gesperrt",
  "lock.words":
    "Niemand kann hier etwas lesen, bis du es entsperrst. Nachrichten warten bei deinem Relay.",
  "lock.passphrase": "Passphrase",
  "lock.show": "Zeigen, was ich tippe",
  "lock.unlock": "Entsperren",
  "lock.unlocking": "Wird entsperrt…",
  "lock.withPasskey": "Mit einem Passkey entsperren",
  "lock.passkeyElsewhere":
    "Es gibt einen Passkey für dieses Petmail, aber dieser Browser kann ihn nicht benutzen. Ein aktuelles Chrome, Edge oder Safari kann es.",
  "lock.wrong": "Das ist nicht die Passphrase. Verloren ist nichts; versuch es noch einmal.",
  "lock.wrongPasskey":
    "Das ist nicht der Passkey dieses Petmail. Versuch es noch einmal mit dem richtigen.",
  "lock.empty": "Tipp zuerst die Passphrase ein.",
  "lock.forgotten": "Ich habe sie vergessen",
  "lock.forgottenWords":
    "Niemand kann eine Passphrase zurücksetzen, auch nicht, wer Petmail gemacht hat. Du kannst nur dieses Petmail löschen und neu anfangen. Wen du kennst, müsste dich neu einladen.",
  "lock.eraseWord": "LÖSCHEN",
  "lock.eraseLabel": "Tipp zur Bestätigung {word}",
  "lock.erase": "Alles löschen und neu anfangen",
  "lock.erasing": "Wird gelöscht…",
  "lock.memory":
    "Der Speicher reicht nicht, um die Passphrase zu prüfen. Schließ ein paar Tabs und versuch es noch einmal.",
  "lock.params":
    "Dieses Schloss stammt von einem neueren Petmail, oder jemand hat es verändert. Bring Petmail auf den neuesten Stand und versuch es noch einmal.",
  "lock.cancelled":
    "Der Passkey wurde nicht benutzt. Versuch es noch einmal, wenn du so weit bist.",
  "lock.passkey":
    "Der Passkey ging hier nicht. Versuch es noch einmal oder nimm ein anderes Gerät dafür.",
  "lock.noprf":
    "Dieser Passkey kann keinen Schlüssel für Petmail bewahren. Nimm ein anderes Gerät oder einen anderen Passwortmanager dafür.",
  "lock.brokenTitle": "Petmail findet nicht, was es gespeichert hat",
  "lock.broken.store_gone":
    "Der Browser hat den Schlüssel zu deinen Nachrichten noch, aber die Nachrichten selbst verloren. Ein Teil seines Speichers wurde gelöscht, von einem Putzprogramm oder vom Browser, als der Platz knapp war.",
  "lock.broken.root_gone":
    "Der Browser hat deine Nachrichten noch, verschlossen, aber den Schlüssel dazu verloren. Ein Teil seines Speichers wurde gelöscht, von einem Putzprogramm oder vom Browser, als der Platz knapp war.",
  "lock.broken.damaged":
    "Deine Nachrichten sind da, aber was zu ihnen führt, ist beschädigt, durch einen Fehler des Datenträgers oder ein anderes Programm.",
  "lock.broken.newer":
    "Ein neueres Petmail hat die Nachrichten dieses Browsers geöffnet. Aktualisiere Petmail, oder schließ alle seine Seiten und öffne sie neu, und versuch es noch einmal.",
  "lock.broken.emptied":
    "In diesem Browser war ein Petmail, und der Browser hat alles gelöscht, was es gespeichert hatte, wie es Browser tun, wenn die Festplatte voll ist. Deine Unterhaltungen sind hier weg; die Leute, mit denen du geschrieben hast, haben ihre noch.",
  "lock.brokenRestore":
    "Nichts wurde verändert oder überschrieben. Hast du eine ältere Kopie des Profils dieses Browsers, dann schließ den Browser, stell sie wieder her und versuch es noch einmal.",
  "lock.brokenAgain": "Noch einmal versuchen",
  "lock.brokenAnew": "Neu anfangen",
  "lock.brokenAnewWords":
    "Gibt es keine Kopie, dann lässt sich nicht mehr lesen, was hier war. Du kannst mit einem leeren Petmail neu anfangen. Wen du kennst, müsste dich neu einladen.",
  "lock.settings": "Schloss",
  "lock.settingsOff":
    "Petmail öffnet sich ohne Geheimnis: Wer diesen Browser benutzen kann, kann deine Nachrichten lesen.",
  "lock.settingsOn": "Petmail ist gesperrt, sooft der Browser startet.",
  "lock.now": "Jetzt sperren",
  "lock.set": "Passphrase festlegen",
  "lock.change": "Passphrase ändern",
  "lock.remove": "Passphrase entfernen",
  "lock.addPasskey": "Passkey hinzufügen",
  "lock.removePasskey": "Passkey entfernen",
  "lock.present": "Jetzige Passphrase",
  "lock.new": "Neue Passphrase",
  "lock.repeat": "Noch einmal dieselbe",
  "lock.newNote":
    "Mindestens {count} Zeichen. Vier oder fünf Wörter, die niemand zusammenstellen würde, sind gut und leicht zu merken.",
  "lock.different": "Die beiden sind nicht gleich.",
  "lock.tooShort": "Mindestens {count} Zeichen sind nötig.",
  "lock.strength.short": "Zu kurz",
  "lock.strength.weak": "Schwach: Wer dieses Gerät hat, errät sie in Tagen",
  "lock.strength.fair": "Mittel: Sie zu erraten kostet ernsthafte Mühe",
  "lock.strength.good": "Gut",
  "lock.warning":
    "Eine vergessene Passphrase kann niemand zurücksetzen. Ohne sie ist alles hier verloren.",
  "lock.keepsPasskey": "Der Browser fragt auch nach dem Passkey, weil der bleibt.",
  "lock.confirmPasskey": "Der Browser fragt zuerst nach dem Passkey.",
  "lock.removePassphraseWords":
    "Von da an öffnet sich dieses Petmail ohne die Passphrase. Was bisher gespeichert ist, wird unter einem frischen Schlüssel neu verschlossen.",
  "lock.removePasskeyWords":
    "Der Passkey öffnet dann nichts mehr. Du kannst ihn auch dort löschen, wo er aufbewahrt wird.",
  "lock.addPasskeyWords":
    "Dein Gerät, Telefon oder Sicherheitsschlüssel öffnet dann Petmail, mit Fingerabdruck, Gesicht oder PIN. Behalte daneben eine Passphrase: Geht der Passkey verloren und es gibt keine, ist alles hier verloren.",
  "lock.save": "Speichern",
  "lock.saving": "Einen Moment…",
  "lock.cancel": "Abbrechen",
  "lock.saved": "Fertig. Das Schloss ist geändert.",
  "lock.auto": "Von selbst sperren",
  "lock.autoNote.app":
    "Es sperrt sich auch, wenn du den Tab, in dem es läuft, schließt oder neu lädst.",
  "lock.autoNote.extension": "Es sperrt sich auch, wenn der Browser schließt.",
  "lock.auto.0": "Nur wenn der Browser schließt",
  "lock.auto.1": "Nach 1 Minute ohne mich",
  "lock.auto.5": "Nach 5 Minuten ohne mich",
  "lock.auto.15": "Nach 15 Minuten ohne mich",
  "lock.auto.60": "Nach einer Stunde ohne mich",
};

export const t = catalogue(en, de);
