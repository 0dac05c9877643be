import { catalogue } from "../lib/catalogue";

/** What the page behind an invite link says. */
export const en = {
  "landing.title": "Somebody wants to write to you, privately.",
  "landing.words":
    "Petmail is a private letterbox in your browser. No account, no phone number. Only the two of you can read what you write.",
  "landing.open": "Open here now",
  "landing.opening": "Opening…",
  "landing.openFailed":
    "Petmail could not be loaded. Check your connection and try again; the invitation is still here.",
  "landing.add": "Add to browser",
  "landing.have": "I have it already",
  "landing.livesHere":
    "Petmail is set up in this browser. Open the invitation here and it joins what you have.",
  "landing.seen":
    "A program that passed this link on has changed it, so that its key was sent to this site. Petmail has taken it out of the address and keeps no record of it. You can go on; if you would rather be sure, ask for a new link.",
  "landing.trustKey": "The key to this invitation is in the link and never leaves your browser.",
  "landing.trustSite":
    "This site delivers sealed envelopes. It cannot open them, and it is built not to know who writes to whom.",
  "landing.addWords": "As an extension Petmail runs whenever your browser does.",
  "landing.addChromium": "For Chrome, Edge, Brave and other Chromium browsers",
  "landing.addChromium1": "Download the package and unpack it into a folder that you keep.",
  "landing.addChromium2": "Open chrome://extensions and switch on “Developer mode”.",
  "landing.addChromium3": "Choose “Load unpacked” and the folder.",
  "landing.addFirefox": "For Firefox",
  "landing.addFirefox1": "Download the package. Do not unpack it.",
  "landing.addFirefox2": "Open about:debugging, then “This Firefox” and “Load Temporary Add-on”.",
  "landing.addFirefox3": "Choose the package. Firefox keeps it until it is closed.",
  "landing.download": "Download",
  "landing.addThen":
    "Then come back with this link: copy it now and paste it under “I have a code or link”.",
  "landing.haveOpen": "Open in my Petmail",
  "landing.haveWords":
    "If nothing opens, copy the link and paste it in your Petmail under “I have a code or link”.",
  "landing.copy": "Copy link",
  "landing.linkLabel": "The invite link",
  "landing.emptyTitle": "This page opens invitations.",
  "landing.emptyWords":
    "The address has no invitation in it. Perhaps it was opened in another tab, or part of the link got lost. Open the whole link again, or ask for a new one.",
  "landing.brokenTitle": "This link is not whole.",
  "landing.brokenWords":
    "Part of the invitation got lost or changed on its way. Nothing was used up. Ask for the link again and open it as a whole.",
  "landing.toApp": "Open Petmail",
} as const;

export const de: Record<keyof typeof en, string> = {
  "landing.title": "Jemand möchte dir schreiben, ganz privat.",
  "landing.words":
    "Petmail ist ein privater Briefkasten in deinem Browser. Kein Konto, keine Telefonnummer. Nur ihr beide könnt lesen, was ihr schreibt.",
  "landing.open": "Jetzt hier öffnen",
  "landing.opening": "Wird geöffnet…",
  "landing.openFailed":
    "Petmail ließ sich nicht laden. Prüf deine Verbindung und versuch es noch einmal; die Einladung ist noch da.",
  "landing.add": "Zum Browser hinzufügen",
  "landing.have": "Ich habe es schon",
  "landing.livesHere":
    "In diesem Browser ist Petmail schon eingerichtet. Öffne die Einladung hier, dann kommt sie dazu.",
  "landing.seen":
    "Ein Programm, das diesen Link weitergegeben hat, hat ihn verändert; so kam sein Schlüssel zu dieser Seite. Petmail hat ihn aus der Adresse genommen und schreibt ihn nirgends auf. Du kannst weitermachen; willst du sichergehen, bitte um einen neuen Link.",
  "landing.trustKey":
    "Der Schlüssel zu dieser Einladung steht im Link und verlässt deinen Browser nie.",
  "landing.trustSite":
    "Diese Seite stellt verschlossene Umschläge zu. Öffnen kann sie sie nicht, und wer wem schreibt, soll sie nicht wissen können.",
  "landing.addWords": "Als Erweiterung läuft Petmail immer, wenn dein Browser läuft.",
  "landing.addChromium": "Für Chrome, Edge, Brave und andere Chromium-Browser",
  "landing.addChromium1": "Lade das Paket herunter und entpacke es in einen Ordner, der bleibt.",
  "landing.addChromium2": "Öffne chrome://extensions und schalte den „Entwicklermodus“ ein.",
  "landing.addChromium3": "Wähle „Entpackte Erweiterung laden“ und den Ordner.",
  "landing.addFirefox": "Für Firefox",
  "landing.addFirefox1": "Lade das Paket herunter. Entpacke es nicht.",
  "landing.addFirefox2":
    "Öffne about:debugging, dann „Dieser Firefox“ und „Temporäres Add-on laden“.",
  "landing.addFirefox3": "Wähle das Paket. Firefox behält es, bis es geschlossen wird.",
  "landing.download": "Herunterladen",
  "landing.addThen":
    "Komm dann mit diesem Link zurück: Kopiere ihn jetzt und füg ihn unter „Ich habe einen Code oder Link“ ein.",
  "landing.haveOpen": "In meinem Petmail öffnen",
  "landing.haveWords":
    "Öffnet sich nichts, kopiere den Link und füg ihn in deinem Petmail unter „Ich habe einen Code oder Link“ ein.",
  "landing.copy": "Link kopieren",
  "landing.linkLabel": "Der Einladungslink",
  "landing.emptyTitle": "Diese Seite öffnet Einladungen.",
  "landing.emptyWords":
    "In der Adresse steht keine Einladung. Vielleicht wurde sie in einem anderen Tab geöffnet, oder ein Teil des Links ging verloren. Öffne den ganzen Link noch einmal oder bitte um einen neuen.",
  "landing.brokenTitle": "Dieser Link ist nicht vollständig.",
  "landing.brokenWords":
    "Ein Teil der Einladung ging unterwegs verloren oder wurde verändert. Verbraucht ist nichts. Bitte noch einmal um den Link und öffne ihn als Ganzes.",
  "landing.toApp": "Petmail öffnen",
};

export const t = catalogue(en, de);
