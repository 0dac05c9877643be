import { catalogue } from "../lib/catalogue";

/** What the first run says. */
export const en = {
  "firstrun.title": "Welcome to Petmail",
  "firstrun.words": "A private letterbox in your browser. No account, no phone number.",
  "firstrun.invitedTitle": "Somebody is waiting to hear from you",
  "firstrun.invitedWords": "Say who you are, and you can write at once.",
  "firstrun.name": "Your name",
  "firstrun.nameNote": "The people you write to see it. Nobody else does.",
  "firstrun.relay": "Relay",
  "firstrun.relayNote":
    "The relay keeps sealed envelopes for you while your browser sleeps. It cannot open them. This one is fine unless somebody gave you another.",
  "firstrun.details": "Details",
  "firstrun.start": "Start",
  "firstrun.startInvited": "Start writing",
  "firstrun.starting": "Getting your letterbox ready…",
  "firstrun.empty": "Write a name first. It can be any name.",
  "firstrun.trust": "What you write is kept on this device only, and sealed before it leaves it.",
} as const;

export const de: Record<keyof typeof en, string> = {
  "firstrun.title": "Willkommen bei Petmail",
  "firstrun.words": "Ein privater Briefkasten in deinem Browser. Kein Konto, keine Telefonnummer.",
  "firstrun.invitedTitle": "Jemand möchte von dir hören",
  "firstrun.invitedWords": "Sag, wer du bist, dann könnt ihr euch gleich schreiben.",
  "firstrun.name": "Dein Name",
  "firstrun.nameNote": "Wem du schreibst, sieht ihn. Sonst niemand.",
  "firstrun.relay": "Relay",
  "firstrun.relayNote":
    "Das Relay bewahrt verschlossene Umschläge für dich auf, während dein Browser schläft. Öffnen kann es sie nicht. Dieses ist gut, wenn dir niemand ein anderes genannt hat.",
  "firstrun.details": "Details",
  "firstrun.start": "Anfangen",
  "firstrun.startInvited": "Losschreiben",
  "firstrun.starting": "Dein Briefkasten wird eingerichtet…",
  "firstrun.empty": "Schreib zuerst einen Namen. Es darf jeder sein.",
  "firstrun.trust":
    "Was du schreibst, bleibt nur auf diesem Gerät und wird verschlossen, bevor es hinausgeht.",
};

export const t = catalogue(en, de);
