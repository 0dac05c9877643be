/** What a conversation says. */
export const en = {
  "conversation.back": "Back to the list",
  "conversation.details": "Details",
  "conversation.verified": "verified",
  "conversation.messagesWith": "Messages with {name}",
  "conversation.writeTo": "Write to {name}",
  "conversation.send": "Send",
  "conversation.you": "You",
  "conversation.new": "New",
  "conversation.newer.one": "{count} new message",
  "conversation.newer.other": "{count} new messages",
  "conversation.above.one": "{count} new message further up",
  "conversation.above.other": "{count} new messages further up",
  "conversation.toNewest": "To the newest",
  "conversation.heard": "{name}: {text}",
  "conversation.menu": "What to do with this message",
  "conversation.copy": "Copy",
  "conversation.delete": "Delete",
  "conversation.deleteTitle": "Delete this message here?",
  "conversation.deleteMine":
    "It goes from this Petmail for good. If it has reached {name}, {name} keeps it.",
  "conversation.deleteTheirs":
    "It goes from this Petmail for good. {name} keeps a copy of what they wrote.",
  "conversation.deleteConfirm": "Delete",
  "conversation.aside":
    "Something in this conversation could not be handled. The others are not affected. Next try at {time}.",
  "conversation.asideRetry": "Try now",
  "conversation.unknownKind": "This message needs a newer Petmail. Reload or update to read it.",
  "conversation.blank": "A message in which nothing can be seen",
  "conversation.state.sending": "sending",
  "conversation.state.sent": "sent",
  "conversation.state.delivered": "delivered",
  "conversation.state.undelivered": "not delivered for 7 days",
  "conversation.beginning": "Only you and {name} can read what is written here.",
  "conversation.beginningWaiting": "Only the two of you will be able to read what is written here.",
  "conversation.waiting":
    "This waits for {name} to open Petmail. Write already if you like: it is kept here and sent then.",
  "conversation.failedTitle": "This invitation did not work.",
  "conversation.failed":
    "The code was wrong, used before or too old, so nobody can be reached here. Ask for a new invitation.",
  "conversation.remove": "Remove",
  "conversation.keyAlarm":
    "The key of {name} has changed. Somebody may be pretending to be {name}. Compare the words before you write anything private.",
  "conversation.relayRefused":
    "{name}’s Petmail says it can be reached at {relay}. That is inside your own device or network, where Petmail does not go on somebody else’s word. What you write stays here until {name} has a relay that can be reached from everywhere.",
  "conversation.compare": "Compare",
  "conversation.tooLong": "This is too long for one message. Send it in two.",
  "conversation.lost":
    "Petmail restarted while this was being sent. Look whether your message is there before you send it again.",
  "conversation.loadFailed": "The messages could not be read just now. Nothing is lost.",
  "conversation.again": "Try again",
} as const;

export const de: Record<keyof typeof en, string> = {
  "conversation.back": "Zurück zur Liste",
  "conversation.details": "Details",
  "conversation.verified": "bestätigt",
  "conversation.messagesWith": "Nachrichten mit {name}",
  "conversation.writeTo": "Schreib an {name}",
  "conversation.send": "Senden",
  "conversation.you": "Du",
  "conversation.new": "Neu",
  "conversation.newer.one": "{count} neue Nachricht",
  "conversation.newer.other": "{count} neue Nachrichten",
  "conversation.above.one": "{count} neue Nachricht weiter oben",
  "conversation.above.other": "{count} neue Nachrichten weiter oben",
  "conversation.toNewest": "Zum Neuesten",
  "conversation.heard": "{name}: {text}",
  "conversation.menu": "Was mit dieser Nachricht geschehen soll",
  "conversation.copy": "Kopieren",
  "conversation.delete": "Löschen",
  "conversation.deleteTitle": "Diese Nachricht hier löschen?",
  "conversation.deleteMine":
    "Sie verschwindet endgültig aus diesem Petmail. Hat sie {name} schon erreicht, bleibt sie dort.",
  "conversation.deleteTheirs":
    "Sie verschwindet endgültig aus diesem Petmail. {name} behält das Geschriebene.",
  "conversation.deleteConfirm": "Löschen",
  "conversation.aside":
    "Etwas in dieser Unterhaltung ließ sich nicht verarbeiten. Die anderen betrifft das nicht. Nächster Versuch: {time}.",
  "conversation.asideRetry": "Jetzt versuchen",
  "conversation.unknownKind":
    "Diese Nachricht braucht ein neueres Petmail. Lade neu oder aktualisiere, um sie zu lesen.",
  "conversation.blank": "Eine Nachricht, in der nichts zu sehen ist",
  "conversation.state.sending": "wird gesendet",
  "conversation.state.sent": "gesendet",
  "conversation.state.delivered": "zugestellt",
  "conversation.state.undelivered": "seit 7 Tagen nicht zugestellt",
  "conversation.beginning": "Nur du und {name} können lesen, was hier steht.",
  "conversation.beginningWaiting": "Nur ihr beide werdet lesen können, was hier steht.",
  "conversation.waiting":
    "Hier fehlt noch, dass {name} Petmail öffnet. Schreib ruhig schon: Es bleibt hier und wird dann gesendet.",
  "conversation.failedTitle": "Diese Einladung hat nicht geklappt.",
  "conversation.failed":
    "Der Code war falsch, schon benutzt oder zu alt, deshalb ist hier niemand zu erreichen. Bitte um eine neue Einladung.",
  "conversation.remove": "Entfernen",
  "conversation.keyAlarm":
    "Der Schlüssel von {name} ist ein anderer geworden. Vielleicht gibt sich jemand als {name} aus. Vergleicht die Wörter, bevor du Privates schreibst.",
  "conversation.relayRefused":
    "Das Petmail von {name} will unter {relay} erreichbar sein. Das liegt in deinem eigenen Gerät oder Netz, und dorthin geht Petmail nicht, nur weil andere es sagen. Was du schreibst, bleibt hier, bis {name} ein Relay hat, das von überall erreichbar ist.",
  "conversation.compare": "Vergleichen",
  "conversation.tooLong": "Das ist zu lang für eine Nachricht. Sende es in zwei Teilen.",
  "conversation.lost":
    "Petmail ist beim Senden neu gestartet. Sieh nach, ob deine Nachricht dasteht, bevor du sie noch einmal sendest.",
  "conversation.loadFailed": "Die Nachrichten ließen sich gerade nicht lesen. Verloren ist nichts.",
  "conversation.again": "Noch einmal",
};
