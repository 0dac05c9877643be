import { catalogue } from "../lib/catalogue";

/** What the settings say about the browser's storage. */
export const en = {
  "storage.title": "Storage",
  "storage.kept": "The browser keeps your messages until you delete them.",
  "storage.atRisk":
    "The browser has not promised to keep your messages. They are in this browser only, and when the device runs out of room it may delete them.",
  "storage.ask": "Ask the browser to keep them",
  "storage.refused":
    "The browser does not promise that yet. It does more readily for an app that is installed or used often.",
  "storage.used": "Used here",
  "storage.usedOf": "{used} of the {quota} that the browser allows",
  "storage.unknown": "The browser does not say",
  "storage.backup": "Last backup",
  "storage.never": "Never. There are no backups in Petmail yet: what this browser loses is lost.",
} as const;

export const de: Record<keyof typeof en, string> = {
  "storage.title": "Speicher",
  "storage.kept": "Der Browser bewahrt deine Nachrichten auf, bis du sie löschst.",
  "storage.atRisk":
    "Der Browser hat nicht versprochen, deine Nachrichten aufzubewahren. Sie sind nur in diesem Browser, und wird der Platz auf dem Gerät knapp, löscht er sie vielleicht.",
  "storage.ask": "Den Browser bitten, sie zu behalten",
  "storage.refused":
    "Der Browser verspricht das noch nicht. Eher tut er es für eine App, die installiert ist oder oft benutzt wird.",
  "storage.used": "Hier belegt",
  "storage.usedOf": "{used} von {quota}, die der Browser erlaubt",
  "storage.unknown": "Der Browser sagt es nicht",
  "storage.backup": "Letzte Sicherung",
  "storage.never":
    "Nie. Sicherungen gibt es in Petmail noch nicht: Was dieser Browser verliert, ist verloren.",
};

export const t = catalogue(en, de);
