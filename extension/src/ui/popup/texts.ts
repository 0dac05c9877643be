/** What the popup of the extension says. */
export const en = {
  "popup.title": "Petmail",
  "popup.invite": "Invite",
  "popup.open": "Open Petmail",
  "popup.new": "Petmail is a private letterbox in your browser. Set it up once; it takes a name.",
  "popup.begin": "Set up Petmail",
  "popup.empty": "Nobody here yet. Invite someone and write to each other.",
  "popup.latest": "The newest messages with {name}",
  "popup.replyTo": "Quick reply to {name}",
  "popup.starting": "Petmail is starting…",
  "popup.unavailable": "Petmail cannot run here just now. Open it to see why.",
} as const;

export const de: Record<keyof typeof en, string> = {
  "popup.title": "Petmail",
  "popup.invite": "Einladen",
  "popup.open": "Petmail öffnen",
  "popup.new":
    "Petmail ist ein privater Briefkasten in deinem Browser. Richte ihn einmal ein; es braucht nur einen Namen.",
  "popup.begin": "Petmail einrichten",
  "popup.empty": "Noch niemand da. Lade jemanden ein, dann könnt ihr euch schreiben.",
  "popup.latest": "Die neuesten Nachrichten mit {name}",
  "popup.replyTo": "Schnelle Antwort an {name}",
  "popup.starting": "Petmail startet…",
  "popup.unavailable": "Petmail kann hier gerade nicht laufen. Öffne es, um zu sehen, warum.",
};
