/** What several features say. */
export const en = {
  "dialog.cancel": "Cancel",
  "copy.copied": "Copied",
  "copy.failed": "The browser did not allow copying. Select the text and copy it yourself.",
  "conversation.blank": "A message in which nothing can be seen",
  "delete.promise":
    "Deleting takes the key of a message from the storage of this device, so that nothing left there can be read. Disks that copy when they write, flash memory and backups may keep older traces. What others have copied or photographed is out of reach.",
  "timer.off": "off",
  "timer.hour": "1 hour",
  "timer.eight": "8 hours",
  "timer.day": "1 day",
  "timer.week": "1 week",
  "timer.fourWeeks": "4 weeks",
  "error.bad_request": "Petmail did not understand itself here. Reload this page and try again.",
  "error.unknown_command": "This page and Petmail are of different versions. Reload this page.",
  "error.not_started": "Petmail is not set up in this browser yet. Reload this page to begin.",
  "error.already_started": "Petmail is set up here already. Reload this page.",
  "error.relay_unreachable":
    "The relay does not answer. Check your connection and try again; nothing is lost.",
  "error.relay_refused":
    "There is no Petmail relay at this address. Check the address, or use another relay.",
  "error.bad_relay_url": "This is not the address of a relay. It looks like https://relay.example.",
  "error.bad_code":
    "This is not a Petmail code or link. A code looks like 4071-guitarist-revenge. Nothing was used up; try again.",
  "error.bad_word": "A word of the code is not right. Nothing was used up; ask for it again.",
  "error.bad_word_suggestion":
    "A word of the code is not right. Did they say “{word}”? Nothing was used up.",
  "error.private_host":
    "This link leads into your own device or network, and Petmail does not go there on somebody else’s word. Nothing was used up; ask for a link of a relay that can be reached from everywhere.",
  "error.several":
    "There are different invitations in this text. Leave only the one you mean; nothing was used up.",
  "error.own_invite": "This invitation is your own. Give it to somebody else.",
  "error.not_found": "This is not here any more. It may have been deleted in another window.",
  "error.too_long": "This is too long. Shorten it and try again.",
  "error.invisible":
    "Nothing of this can be seen: it holds only blanks and invisible characters. Write something that shows.",
  "error.too_many": "Too many invitations or notes are open. Take one back first.",
  "error.empty": "Nothing is written here yet.",
  "error.aside":
    "Something in this conversation could not be handled, so it can only be read and deleted for now.",
  "error.storage":
    "The browser refused to store this, so nothing was changed. Make room on this device and try again.",
  "error.internal": "Something went wrong in Petmail. Try again; if it stays, reload this page.",
  "error.locked": "Petmail is locked. Unlock it first.",
  "error.wrong_secret": "That did not open it. Nothing was changed; try again.",
  "error.lost": "Petmail restarted meanwhile. Look whether it has happened before you try again.",
  "error.unavailable":
    "Petmail does not answer just now. Nothing was changed; try again in a moment.",
  "invite.copyLink": "Copy link",
  "enter.completions": "Words that fit",
  "invite.kept":
    "Your invitation is not used up and stays in this tab. You can also copy its link and open it in another browser.",
  "enter.empty": "Type a code or paste a link first.",
  "list.unnamed": "New contact",
  "relay.connected": "Connected",
  "relay.connecting": "Connecting…",
  "relay.offline": "Not connected",
  "who.noName": "No name",
  "who.same": "There is another {name}",
  "who.similar": "Looks like {name}",
} as const;

export const de: Record<keyof typeof en, string> = {
  "dialog.cancel": "Abbrechen",
  "copy.copied": "Kopiert",
  "copy.failed":
    "Der Browser hat das Kopieren nicht erlaubt. Markiere den Text und kopiere ihn selbst.",
  "conversation.blank": "Eine Nachricht, in der nichts zu sehen ist",
  "delete.promise":
    "Löschen nimmt den Schlüssel einer Nachricht aus dem Speicher dieses Geräts, sodass nichts, was dort übrig ist, lesbar bleibt. Datenträger, die beim Schreiben kopieren, Flash-Speicher und Sicherungskopien behalten vielleicht ältere Spuren. Was andere kopiert oder fotografiert haben, ist nicht zu erreichen.",
  "timer.off": "aus",
  "timer.hour": "1 Stunde",
  "timer.eight": "8 Stunden",
  "timer.day": "1 Tag",
  "timer.week": "1 Woche",
  "timer.fourWeeks": "4 Wochen",
  "error.bad_request":
    "Petmail hat sich hier selbst nicht verstanden. Lade die Seite neu und versuch es noch einmal.",
  "error.unknown_command": "Diese Seite und Petmail sind verschieden alt. Lade die Seite neu.",
  "error.not_started":
    "Petmail ist in diesem Browser noch nicht eingerichtet. Lade die Seite neu, um anzufangen.",
  "error.already_started": "Petmail ist hier schon eingerichtet. Lade die Seite neu.",
  "error.relay_unreachable":
    "Das Relay antwortet nicht. Prüf deine Verbindung und versuch es noch einmal; verloren ist nichts.",
  "error.relay_refused":
    "Unter dieser Adresse ist kein Petmail-Relay. Prüf die Adresse oder nimm ein anderes Relay.",
  "error.bad_relay_url":
    "Das ist keine Adresse eines Relays. Sie sieht aus wie https://relay.example.",
  "error.bad_code":
    "Das ist kein Petmail-Code oder -Link. Ein Code sieht aus wie 4071-guitarist-revenge. Verbraucht ist nichts; versuch es noch einmal.",
  "error.bad_word":
    "Ein Wort des Codes stimmt nicht. Verbraucht ist nichts; frag noch einmal nach.",
  "error.bad_word_suggestion":
    "Ein Wort des Codes stimmt nicht. War es „{word}“? Verbraucht ist nichts.",
  "error.private_host":
    "Dieser Link führt in dein eigenes Gerät oder Netz, und dorthin geht Petmail nicht, nur weil andere es sagen. Verbraucht ist nichts; bitte um einen Link von einem Relay, das von überall erreichbar ist.",
  "error.several":
    "In diesem Text stehen verschiedene Einladungen. Lass nur die stehen, die du meinst; verbraucht ist nichts.",
  "error.own_invite": "Diese Einladung ist deine eigene. Gib sie jemand anderem.",
  "error.not_found":
    "Das ist nicht mehr da. Vielleicht wurde es in einem anderen Fenster gelöscht.",
  "error.too_long": "Das ist zu lang. Kürze es und versuch es noch einmal.",
  "error.invisible":
    "Davon ist nichts zu sehen: Es sind nur Leerraum und unsichtbare Zeichen. Schreib etwas, das man sieht.",
  "error.too_many": "Zu viele Einladungen oder Zettel sind offen. Nimm zuerst einen davon zurück.",
  "error.empty": "Hier steht noch nichts.",
  "error.aside":
    "Etwas in dieser Unterhaltung ließ sich nicht verarbeiten, deshalb kann man sie gerade nur lesen und löschen.",
  "error.storage":
    "Der Browser wollte das nicht speichern, deshalb ist nichts geändert. Schaff Platz auf dem Gerät und versuch es noch einmal.",
  "error.internal":
    "In Petmail ging etwas schief. Versuch es noch einmal; hilft das nicht, lade die Seite neu.",
  "error.locked": "Petmail ist gesperrt. Entsperr es zuerst.",
  "error.wrong_secret": "Damit ging es nicht auf. Geändert ist nichts; versuch es noch einmal.",
  "error.lost":
    "Petmail ist inzwischen neu gestartet. Sieh nach, ob es geschehen ist, bevor du es noch einmal versuchst.",
  "error.unavailable":
    "Petmail antwortet gerade nicht. Geändert ist nichts; versuch es gleich noch einmal.",
  "invite.copyLink": "Link kopieren",
  "enter.completions": "Wörter, die passen",
  "invite.kept":
    "Deine Einladung ist nicht verbraucht und bleibt in diesem Tab. Du kannst ihren Link auch kopieren und in einem anderen Browser öffnen.",
  "enter.empty": "Tipp zuerst einen Code oder füg einen Link ein.",
  "list.unnamed": "Neuer Kontakt",
  "relay.connected": "Verbunden",
  "relay.connecting": "Wird verbunden…",
  "relay.offline": "Nicht verbunden",
  "who.noName": "Ohne Namen",
  "who.same": "{name} gibt es noch einmal",
  "who.similar": "Sieht aus wie {name}",
};
