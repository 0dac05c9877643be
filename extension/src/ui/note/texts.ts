import { catalogue } from "../lib/catalogue";

/** What notes to and from people with wormhole say. */
export const en = {
  "note.sendTitle": "Send a note with wormhole",
  "note.sendHow":
    "For somebody without Petmail who has the program wormhole. They fetch the text once, with a code that you tell them. There is no answer; for that, invite them.",
  "note.text": "Your text",
  "note.theirText": "Their text",
  "note.getCode": "Get a code",
  "note.gettingCode": "Asking for a code…",
  "note.receiveTitle": "Receive a note from wormhole",
  "note.receiveHow":
    "Somebody has sent you a text with wormhole? Type the code that it shows them.",
  "note.theyType": "They send it through your relay like this:",
  "note.code": "Code of wormhole",
  "note.example": "For example 7-guitarist-revenge",
  "note.fetch": "Fetch the note",
  "note.fetching": "Fetching…",
  "note.exact": "The code is right as it stands",
  "note.otherServer": "They use another server",
  "note.server": "Address of its mailbox server",
  "note.serverNote":
    "It looks like wss://relay.example/v1. It sees when you both connect, but not the text. Browsers reach only servers with encryption (wss); wormhole’s own default has none, so let them use yours, as shown below.",
  "note.mineTitle": "A note for somebody with wormhole",
  "note.theirsTitle": "A note from wormhole",
  "note.tell": "Tell them this code. It works once.",
  "note.command": "They type this in their terminal:",
  "note.copyCommand": "Copy the command",
  "note.copyText": "Copy the text",
  "note.yourText": "Show your text",
  "note.valid":
    "Valid until {date}, as long as Petmail is connected. It may be closed for a few minutes.",
  "note.again": "Make a new code",
  "note.retry": "Enter another code",
  "note.cancel": "Cancel",
  "note.cancelTitle": "Cancel this note?",
  "note.cancelMine": "The code stops working at once, and the text is deleted here.",
  "note.cancelTheirs": "The code cannot be used again afterwards.",
  "note.cancelConfirm": "Cancel the note",
  "note.remove": "Remove",
  "note.delete": "Delete the note",
  "note.deleteTitle": "Delete this note?",
  "note.deleteWords": "Its text is stored nowhere else and cannot be brought back.",
  "note.deleteConfirm": "Delete",
  "note.said": "They said: {words}",
  "note.emptyText": "The note is empty.",
  "note.mine.preparing": "Asking the relay for a code…",
  "note.mine.waiting": "Waiting for the other person. You may leave this page; Petmail goes on.",
  "note.mine.joining": "Somebody is here. One moment…",
  "note.mine.delivered": "Delivered. Their program has shown the text; here it is deleted.",
  "note.mine.received": "Delivered.",
  "note.mine.wrong":
    "Somebody tried a wrong code. For safety the code no longer works, and nobody has read the text. Make a new one.",
  "note.mine.expired": "The code has expired, and nobody has fetched the text. Make a new one.",
  "note.mine.left":
    "Somebody came and left before it was finished. Ask whether the text arrived, or make a new code.",
  "note.mine.used": "Two others are using this code. Nobody has read the text. Make a new one.",
  "note.mine.refused": "The other side gave up. Make a new code to try again.",
  "note.mine.file": "The other side did something unexpected. Make a new code to try again.",
  "note.mine.unsupported":
    "The other side does not speak wormhole as Petmail knows it. Make a new code to try again.",
  "note.theirs.preparing": "Connecting to the relay…",
  "note.theirs.waiting":
    "Nobody is at this code yet. Compare it with what they see; their wormhole must still be running and use the same relay.",
  "note.theirs.joining": "They are here. One moment…",
  "note.theirs.delivered": "The note is here.",
  "note.theirs.received": "The note is here, and they know it. It stays until you delete it.",
  "note.theirs.wrong":
    "The code was wrong. For safety it no longer works, and the other person is told. Ask for a new one.",
  "note.theirs.expired": "Nobody came with this code. Ask for a new one.",
  "note.theirs.left":
    "They were here, but the text did not arrive: they went, or it is longer than the 31,000 letters that fit. Ask for a new code.",
  "note.theirs.used": "Two others are using this code already. Ask for a new one.",
  "note.theirs.refused": "The other side gave up before the text had arrived. Ask for a new code.",
  "note.theirs.file":
    "They wanted to send a file. Petmail takes only texts from wormhole so far; files will follow later. Their program has told them; nothing was transferred.",
  "note.theirs.unsupported":
    "They wanted to send something that Petmail does not know. Nothing was transferred.",
  "note.short.preparing": "being prepared",
  "note.short.waiting": "waits for the other person",
  "note.short.joining": "somebody is here",
  "note.short.delivered": "delivered",
  "note.short.received": "here to read",
  "note.short.ended": "did not work",
  "note.itemMine": "Note with wormhole",
  "note.itemTheirs": "Note from wormhole",
  "note.items": "Notes with wormhole",
  "note.hintTitle": "They have wormhole, but no Petmail?",
  "note.hintSend": "Send a note to someone with wormhole",
  "note.hintReceive": "I have a wormhole code",
  "note.looksLike": "A number this short is of a wormhole code.",
} as const;

export const de: Record<keyof typeof en, string> = {
  "note.sendTitle": "Einen Zettel mit wormhole schicken",
  "note.sendHow":
    "Für jemanden ohne Petmail, aber mit dem Programm wormhole. Der Text lässt sich einmal abholen, mit einem Code, den du sagst. Antworten geht so nicht; dafür lade die Person ein.",
  "note.text": "Dein Text",
  "note.theirText": "Der Text von dort",
  "note.getCode": "Code holen",
  "note.gettingCode": "Code wird geholt…",
  "note.receiveTitle": "Einen Zettel von wormhole empfangen",
  "note.receiveHow":
    "Jemand hat dir mit wormhole einen Text geschickt? Tipp den Code, den das Programm dort zeigt.",
  "note.theyType": "So geht er über dein Relay:",
  "note.code": "Code von wormhole",
  "note.example": "Zum Beispiel 7-guitarist-revenge",
  "note.fetch": "Zettel holen",
  "note.fetching": "Wird geholt…",
  "note.exact": "Der Code stimmt so",
  "note.otherServer": "Sie nehmen einen anderen Server",
  "note.server": "Adresse seines Mailbox-Servers",
  "note.serverNote":
    "Sie sieht aus wie wss://relay.example/v1. Der Server sieht, wann ihr euch verbindet, den Text aber nicht. Browser erreichen nur Server mit Verschlüsselung (wss); der übliche von wormhole hat keine, also lass die andere Person deinen nehmen, wie unten gezeigt.",
  "note.mineTitle": "Ein Zettel für jemanden mit wormhole",
  "note.theirsTitle": "Ein Zettel von wormhole",
  "note.tell": "Sag diesen Code. Er klappt einmal.",
  "note.command": "Das tippt die andere Person ins Terminal:",
  "note.copyCommand": "Befehl kopieren",
  "note.copyText": "Text kopieren",
  "note.yourText": "Deinen Text zeigen",
  "note.valid":
    "Gilt bis {date}, solange Petmail verbunden ist. Ein paar Minuten lang darf es geschlossen sein.",
  "note.again": "Neuen Code machen",
  "note.retry": "Anderen Code eingeben",
  "note.cancel": "Abbrechen",
  "note.cancelTitle": "Diesen Zettel abbrechen?",
  "note.cancelMine": "Der Code gilt sofort nicht mehr, und der Text wird hier gelöscht.",
  "note.cancelTheirs": "Der Code lässt sich danach nicht noch einmal benutzen.",
  "note.cancelConfirm": "Zettel abbrechen",
  "note.remove": "Entfernen",
  "note.delete": "Zettel löschen",
  "note.deleteTitle": "Diesen Zettel löschen?",
  "note.deleteWords": "Sein Text ist sonst nirgends gespeichert und lässt sich nicht zurückholen.",
  "note.deleteConfirm": "Löschen",
  "note.said": "Von dort kam: {words}",
  "note.emptyText": "Der Zettel ist leer.",
  "note.mine.preparing": "Das Relay wird um einen Code gebeten…",
  "note.mine.waiting":
    "Wartet auf die andere Person. Du kannst die Seite verlassen; Petmail macht weiter.",
  "note.mine.joining": "Jemand ist da. Einen Moment…",
  "note.mine.delivered":
    "Zugestellt. Das Programm dort hat den Text gezeigt; hier ist er gelöscht.",
  "note.mine.received": "Zugestellt.",
  "note.mine.wrong":
    "Jemand hat einen falschen Code versucht. Zur Sicherheit gilt der Code nicht mehr, und niemand hat den Text gelesen. Mach einen neuen.",
  "note.mine.expired":
    "Der Code ist abgelaufen, und niemand hat den Text geholt. Mach einen neuen.",
  "note.mine.left":
    "Jemand kam und ging, bevor es fertig war. Frag, ob der Text angekommen ist, oder mach einen neuen Code.",
  "note.mine.used":
    "Zwei andere benutzen diesen Code. Niemand hat den Text gelesen. Mach einen neuen.",
  "note.mine.refused":
    "Die andere Seite hat aufgegeben. Mach einen neuen Code, um es noch einmal zu versuchen.",
  "note.mine.file":
    "Die andere Seite hat etwas Unerwartetes getan. Mach einen neuen Code, um es noch einmal zu versuchen.",
  "note.mine.unsupported":
    "Die andere Seite spricht wormhole nicht so, wie Petmail es kennt. Mach einen neuen Code, um es noch einmal zu versuchen.",
  "note.theirs.preparing": "Verbindung zum Relay…",
  "note.theirs.waiting":
    "Bei diesem Code ist noch niemand. Vergleich ihn mit dem dort; das andere wormhole muss noch laufen und dasselbe Relay nehmen.",
  "note.theirs.joining": "Die andere Person ist da. Einen Moment…",
  "note.theirs.delivered": "Der Zettel ist da.",
  "note.theirs.received":
    "Der Zettel ist da, und die andere Person weiß es. Er bleibt, bis du ihn löschst.",
  "note.theirs.wrong":
    "Der Code war falsch. Zur Sicherheit gilt er nicht mehr, und die andere Person erfährt es. Bitte um einen neuen.",
  "note.theirs.expired": "Mit diesem Code kam niemand. Bitte um einen neuen.",
  "note.theirs.left":
    "Die andere Person war da, aber der Text kam nicht an: Sie ging, oder er ist länger als die 31.000 Buchstaben, die passen. Bitte um einen neuen Code.",
  "note.theirs.used": "Zwei andere benutzen diesen Code schon. Bitte um einen neuen.",
  "note.theirs.refused":
    "Die andere Seite hat aufgegeben, bevor der Text angekommen war. Bitte um einen neuen Code.",
  "note.theirs.file":
    "Das sollte eine Datei werden. Petmail nimmt von wormhole bisher nur Texte; Dateien folgen später. Das Programm dort hat es gesagt; übertragen wurde nichts.",
  "note.theirs.unsupported":
    "Das sollte etwas werden, was Petmail nicht kennt. Übertragen wurde nichts.",
  "note.short.preparing": "wird vorbereitet",
  "note.short.waiting": "wartet auf die andere Person",
  "note.short.joining": "jemand ist da",
  "note.short.delivered": "zugestellt",
  "note.short.received": "ist da",
  "note.short.ended": "hat nicht geklappt",
  "note.itemMine": "Zettel mit wormhole",
  "note.itemTheirs": "Zettel von wormhole",
  "note.items": "Zettel mit wormhole",
  "note.hintTitle": "Dort gibt es wormhole, aber kein Petmail?",
  "note.hintSend": "Jemandem mit wormhole einen Zettel schicken",
  "note.hintReceive": "Ich habe einen wormhole-Code",
  "note.looksLike": "Eine so kurze Zahl gehört zu einem wormhole-Code.",
};

export const t = catalogue(en, de);
