import { catalogue } from "../lib/catalogue";

/** What the settings say of the browser. */
export const en = {
  "browser.title": "In this browser",
  "browser.install": "Install Petmail",
  "browser.installNote": "It gets an icon and a window of its own. Everything you have here stays.",
  "browser.links": "Open invitations here",
  "browser.linksNote": "Invite links then open in this Petmail, whichever relay they come from.",
  "browser.linksRelayNote":
    "Invite links of your relay then open in this Petmail, and the relay does not see that you clicked.",
  "browser.linksOpenHere": "Invite links of your relay open here.",
  "browser.linksRefused":
    "The browser did not allow that. You can still paste an invite link here with “I have a code or link”.",
} as const;

export const de: Record<keyof typeof en, string> = {
  "browser.title": "In diesem Browser",
  "browser.install": "Petmail installieren",
  "browser.installNote":
    "Es bekommt ein eigenes Symbol und Fenster. Alles, was du hier hast, bleibt.",
  "browser.links": "Einladungen hier öffnen",
  "browser.linksNote":
    "Einladungslinks öffnen sich dann in diesem Petmail, von welchem Relay sie auch kommen.",
  "browser.linksRelayNote":
    "Einladungslinks deines Relays öffnen sich dann in diesem Petmail, und das Relay sieht nicht, dass du geklickt hast.",
  "browser.linksOpenHere": "Einladungslinks deines Relays öffnen sich hier.",
  "browser.linksRefused":
    "Der Browser hat das nicht erlaubt. Du kannst einen Einladungslink weiterhin unter „Ich habe einen Code oder Link“ einfügen.",
};

export const t = catalogue(en, de);
