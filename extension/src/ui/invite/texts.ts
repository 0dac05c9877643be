import { catalogue } from "../lib/catalogue";

/** What invitations say, from both sides. */
export const en = {
  "invite.title": "Invite someone",
  "invite.titleFor": "Invite {name}",
  "invite.how": "Say this code, or send the link. It works once.",
  "invite.howLink": "Send the link. It works once.",
  "invite.qr": "The link as a picture to scan",
  "invite.validCode": "The code is valid until {date}.",
  "invite.validLink": "The link is valid until {date}.",
  "invite.share": "Share…",
  "invite.shareText": "Let us write privately. Open this link: {link}",
  "invite.forWhom": "Who is it for?",
  "invite.forWhomNote":
    "Only you see it. Whoever comes gets this name in your list; you can change it then, too.",
  "invite.forWhomSave": "Save",
  "invite.forWhomSaved": "Saved. Code and link are the same.",
  "invite.takeBack": "Take the invitation back",
  "invite.takeBackTitle": "Take this invitation back?",
  "invite.takeBackWords":
    "Its code and link stop working at once. Whoever has them already cannot use them.",
  "invite.takeBackConfirm": "Take back",
  "invite.leave": "Stop this",
  "invite.leaveTitle": "Stop with this invitation?",
  "invite.leaveWords":
    "What you have written in it so far is not sent. The code or link is used up.",
  "invite.leaveConfirm": "Stop",
  "invite.dismiss": "Remove",
  "invite.another": "Make a new invitation",
  "invite.codeBurnt":
    "Somebody tried a wrong code. For safety the code no longer works, and nobody got in. If that was your friend, make a new invitation.",
  "invite.linkStands": "The link still works.",
  "invite.mine.preparing": "Asking the relay for a code…",
  "invite.mine.waiting": "Waiting for the other person. You may close this; Petmail goes on.",
  "invite.mine.joining": "Somebody is here. One moment…",
  "invite.mine.done": "You are connected.",
  "invite.mine.expired": "This invitation has expired. Nobody used it.",
  "invite.mine.failed":
    "Somebody tried a wrong code. For safety this invitation no longer works, and nobody got in. Make a new one.",
  "invite.mine.used": "This invitation was used already.",
  "invite.mine.unknown": "The relay no longer knows this invitation. Make a new one.",
  "invite.unfit.code":
    "Somebody came by the code, but their Petmail sent something this one cannot use. The code no longer works, and they are told. The link still does; ask them to update Petmail first.",
  "invite.unfit.link":
    "Somebody came by the link, but their Petmail sent something this one cannot use. The link no longer works, and they are told. The code still does; ask them to update Petmail first.",
  "invite.mine.unsupported":
    "What came from the other side is nothing this Petmail can use, so nobody got in. Update Petmail on both sides and make a new invitation.",
  "invite.theirsTitle": "Your invitation",
  "invite.theirs.preparing": "Looking for the other person…",
  "invite.theirs.waiting":
    "Their Petmail sleeps. You can write already; it arrives when they wake.",
  "invite.theirs.joining": "Shaking hands. One moment…",
  "invite.theirs.done": "You are connected.",
  "invite.theirs.expired": "This invitation has expired. Ask for a new one.",
  "invite.theirs.failed":
    "The code was wrong. For safety it no longer works, and the other person is told. Ask for a new one.",
  "invite.theirs.used": "This code or link was used before. Each works once. Ask for a new one.",
  "invite.theirs.lost":
    "It did not work out: somebody else was faster, the invitation was taken back, or their Petmail could not use what this one sent. Update both and ask for a new one.",
  "invite.theirs.unknown":
    "Nobody knows this code. It may be mistyped, taken back or too old. Ask for it again.",
  "invite.theirs.unsupported":
    "The other Petmail is of another version and does not understand this one. Update both and ask for a new invitation.",
  "invite.theirs.unfit":
    "You were let in, but this Petmail cannot use what theirs sent. Tell them: they cannot see it. Update both and ask for a new invitation.",
  "invite.short.preparing": "being prepared",
  "invite.short.waiting": "waits for the other person",
  "invite.short.joining": "somebody is here",
  "invite.short.done": "connected",
  "invite.short.codeBurnt": "the code no longer works",
  "invite.short.ended": "did not work",
  "invite.itemMine": "Invitation",
  "invite.itemMineFor": "Invitation for {name}",
  "invite.itemTheirs": "Invitation you accepted",
  "enter.title": "Enter a code or link",
  "enter.how": "Type the code you were told, or paste the link you were sent.",
  "enter.label": "Code or link",
  "enter.example": "For example 4071-guitarist-revenge",
  "enter.linkFound": "This is an invite link of {relay}.",
  "enter.accept": "Connect",
  "enter.accepting": "Connecting…",
  "enter.asked":
    "You came here with an invite link. Connect with the person who sent it? They will see your name, {name}.",
  "enter.several": "There are different invitations in this text. Leave only the one you mean.",
  "enter.refuse": "Do not use this invitation",
  "invite.new": "Invite",
  "invite.have": "I have a code or link",
  "invite.items": "Open invitations",
  "invite.first": "Invite someone",
} as const;

export const de: Record<keyof typeof en, string> = {
  "invite.title": "Jemanden einladen",
  "invite.titleFor": "{name} einladen",
  "invite.how": "Sag diesen Code oder schick den Link. Es klappt einmal.",
  "invite.howLink": "Schick den Link. Es klappt einmal.",
  "invite.qr": "Der Link als Bild zum Scannen",
  "invite.validCode": "Der Code gilt bis {date}.",
  "invite.validLink": "Der Link gilt bis {date}.",
  "invite.share": "Teilen…",
  "invite.shareText": "Lass uns privat schreiben. Öffne diesen Link: {link}",
  "invite.forWhom": "Für wen ist sie?",
  "invite.forWhomNote":
    "Das siehst nur du. Wer kommt, steht unter diesem Namen in deiner Liste; ändern kannst du ihn auch dann noch.",
  "invite.forWhomSave": "Speichern",
  "invite.forWhomSaved": "Gespeichert. Code und Link bleiben dieselben.",
  "invite.takeBack": "Einladung zurücknehmen",
  "invite.takeBackTitle": "Diese Einladung zurücknehmen?",
  "invite.takeBackWords":
    "Code und Link gelten sofort nicht mehr. Wer sie schon hat, kann nichts mehr damit anfangen.",
  "invite.takeBackConfirm": "Zurücknehmen",
  "invite.leave": "Abbrechen",
  "invite.leaveTitle": "Mit dieser Einladung aufhören?",
  "invite.leaveWords":
    "Was du darin schon geschrieben hast, wird nicht gesendet. Der Code oder Link ist verbraucht.",
  "invite.leaveConfirm": "Aufhören",
  "invite.dismiss": "Entfernen",
  "invite.another": "Neue Einladung machen",
  "invite.codeBurnt":
    "Jemand hat einen falschen Code versucht. Zur Sicherheit gilt der Code nicht mehr, und niemand kam herein. War es die richtige Person, mach eine neue Einladung.",
  "invite.linkStands": "Der Link gilt weiter.",
  "invite.mine.preparing": "Das Relay wird um einen Code gebeten…",
  "invite.mine.waiting":
    "Wartet auf die andere Person. Du kannst das schließen; Petmail macht weiter.",
  "invite.mine.joining": "Jemand ist da. Einen Moment…",
  "invite.mine.done": "Ihr seid verbunden.",
  "invite.mine.expired": "Diese Einladung ist abgelaufen. Niemand hat sie benutzt.",
  "invite.mine.failed":
    "Jemand hat einen falschen Code versucht. Zur Sicherheit gilt diese Einladung nicht mehr, und niemand kam herein. Mach eine neue.",
  "invite.mine.used": "Diese Einladung wurde schon benutzt.",
  "invite.mine.unknown": "Das Relay kennt diese Einladung nicht mehr. Mach eine neue.",
  "invite.unfit.code":
    "Jemand kam mit dem Code, aber das andere Petmail hat etwas geschickt, womit dieses nichts anfangen kann. Der Code gilt nicht mehr, und die andere Person erfährt es. Der Link gilt weiter; sie soll zuerst ihr Petmail aktualisieren.",
  "invite.unfit.link":
    "Jemand kam mit dem Link, aber das andere Petmail hat etwas geschickt, womit dieses nichts anfangen kann. Der Link gilt nicht mehr, und die andere Person erfährt es. Der Code gilt weiter; sie soll zuerst ihr Petmail aktualisieren.",
  "invite.mine.unsupported":
    "Was von der anderen Seite kam, kann dieses Petmail nicht gebrauchen; niemand kam herein. Aktualisiert Petmail auf beiden Seiten und mach eine neue Einladung.",
  "invite.theirsTitle": "Deine Einladung",
  "invite.theirs.preparing": "Die andere Person wird gesucht…",
  "invite.theirs.waiting":
    "Das andere Petmail schläft. Du kannst schon schreiben; es kommt an, wenn es aufwacht.",
  "invite.theirs.joining": "Ihr gebt euch die Hand. Einen Moment…",
  "invite.theirs.done": "Ihr seid verbunden.",
  "invite.theirs.expired": "Diese Einladung ist abgelaufen. Bitte um eine neue.",
  "invite.theirs.failed":
    "Der Code war falsch. Zur Sicherheit gilt er nicht mehr, und die andere Person erfährt es. Bitte um einen neuen.",
  "invite.theirs.used":
    "Dieser Code oder Link wurde schon benutzt. Jeder gilt einmal. Bitte um einen neuen.",
  "invite.theirs.lost":
    "Es hat nicht geklappt: Jemand war schneller, die Einladung wurde zurückgenommen, oder das andere Petmail konnte nichts mit dem anfangen, was dieses geschickt hat. Aktualisiert beide und bitte um eine neue.",
  "invite.theirs.unknown":
    "Diesen Code kennt niemand. Vielleicht ist er vertippt, zurückgenommen oder zu alt. Frag noch einmal nach.",
  "invite.theirs.unsupported":
    "Das andere Petmail hat eine andere Version und versteht dieses nicht. Aktualisiert beide und bitte um eine neue Einladung.",
  "invite.theirs.unfit":
    "Du wurdest hereingelassen, aber dieses Petmail kann nichts mit dem anfangen, was das andere geschickt hat. Sag es der anderen Person: Sie kann es nicht sehen. Aktualisiert beide und bitte um eine neue Einladung.",
  "invite.short.preparing": "wird vorbereitet",
  "invite.short.waiting": "wartet auf die andere Person",
  "invite.short.joining": "jemand ist da",
  "invite.short.done": "verbunden",
  "invite.short.codeBurnt": "der Code gilt nicht mehr",
  "invite.short.ended": "hat nicht geklappt",
  "invite.itemMine": "Einladung",
  "invite.itemMineFor": "Einladung für {name}",
  "invite.itemTheirs": "Angenommene Einladung",
  "enter.title": "Code oder Link eingeben",
  "enter.how": "Tipp den Code, der dir gesagt wurde, oder füg den Link ein, den du bekommen hast.",
  "enter.label": "Code oder Link",
  "enter.example": "Zum Beispiel 4071-guitarist-revenge",
  "enter.linkFound": "Das ist ein Einladungslink von {relay}.",
  "enter.accept": "Verbinden",
  "enter.accepting": "Wird verbunden…",
  "enter.asked":
    "Ein Einladungslink hat dich hergebracht. Mit der Person verbinden, die ihn geschickt hat? Sie sieht dann deinen Namen, {name}.",
  "enter.several":
    "In diesem Text stehen verschiedene Einladungen. Lass nur die stehen, die du meinst.",
  "enter.refuse": "Diese Einladung nicht benutzen",
  "invite.new": "Einladen",
  "invite.have": "Ich habe einen Code oder Link",
  "invite.items": "Offene Einladungen",
  "invite.first": "Jemanden einladen",
};

export const t = catalogue(en, de);
