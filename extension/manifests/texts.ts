/** What a page says whose files are not found, in every language of the catalogue. */
export const misplacedTexts = {
  en: "Petmail’s files were not found: this address leads to a relay by a path of another host. A relay needs a host name of its own; its operator’s manual says how to set that up.",
  de: "Petmails Dateien wurden nicht gefunden: Diese Adresse führt über einen Pfad eines anderen Hosts zu einem Relay. Ein Relay braucht einen eigenen Hostnamen; wie man das einrichtet, steht im Handbuch für Betreiber.",
} as const;
