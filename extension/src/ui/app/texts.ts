import { catalogue } from "../lib/catalogue";

/** What stands around everything else, and in the popup of the extension. */
export const en = {
  "popup.locked": "Petmail is locked.",
  "popup.broken": "Petmail does not find what it stored. Open it to see what can be done.",
  "popup.title": "Petmail",
  "popup.unlock": "Unlock",
  "popup.open": "Open Petmail",
  "popup.new": "Petmail is a private letterbox in your browser. Set it up once; it takes a name.",
  "popup.begin": "Set up Petmail",
  "popup.starting": "Petmail is starting…",
  "popup.unavailable": "Petmail cannot run here just now. Open it to see why.",
  "shell.name": "Petmail",
  "shell.unreadTitle": "({count}) Petmail",
  "shell.skip": "Skip to the conversation",
  "shell.home": "Petmail, to the beginning",
  "shell.people": "People and invitations",
  "shell.back": "Back to the list",
  "shell.unread.one": "{count} unread message",
  "shell.unread.other": "{count} unread messages",
  "shell.starting": "Opening your letterbox…",
  "shell.restarting": "Petmail stopped and starts again. One moment; nothing is lost.",
  "shell.restarted": "Petmail had to start again. Your messages are all here.",
  "shell.understood": "All right",
  "shell.unavailableTitle": "Petmail cannot run here",
  "shell.unavailable.unsupported":
    "This browser lacks something that Petmail needs. Use a current Firefox, Chrome, Edge or Safari, and not a private window.",
  "shell.unavailable.load":
    "Petmail's program could not be loaded. Check your connection and try again.",
  "shell.unavailable.storage":
    "The browser does not let Petmail store anything. Leave the private window, allow this site to keep data, or make room on the device.",
  "shell.unavailable.crashing":
    "Petmail stopped again and again. Your messages are still stored. Try again; if it stays so, restart the browser.",
  "shell.unavailable.busy":
    "Another Petmail has this one’s storage open. Close the other windows of this browser, or restart it, and try again.",
  "shell.unavailable.blocked":
    "Petmail keeps your keys and messages in this browser, and the browser is set to keep nothing of this site. Nothing is used up or lost by that. Allow it, and try again:",
  "shell.allow.firefox":
    "Firefox: Settings → Privacy & Security → Cookies and Site Data → Manage Exceptions, enter {site}, Allow, Save.",
  "shell.allow.chromium":
    "Chrome, Edge, Chromium: Settings → Privacy and security → Site settings → Additional content settings → On-device site data, under “Allowed” add {site}.",
  "shell.allow.safari": "Safari: Settings → Advanced, switch “Block all cookies” off.",
  "shell.unavailable.full":
    "There is no room left on this device, and Petmail does not open what it has stored before there is: the browser could lose it. Make room; Petmail then opens by itself. What people send you meanwhile waits at your relay.",
  "shell.unavailable.slow":
    "Petmail has not started for half a minute. It goes on trying. If another window of this browser shows Petmail, close it; if that does not help, restart the browser, or use a window that is not private.",
  "shell.diskFullTitle": "Your disk is full",
  "shell.diskFull":
    "Your disk is full; nothing new is stored. Make room on this device: Petmail goes on by itself. What people send you meanwhile waits at your relay.",
  "shell.unavailable.unknown": "Petmail does not answer. Try again.",
  "shell.reload": "Try again",
  "shell.emptyTitle": "Your letterbox is ready.",
  "shell.emptyWords":
    "Invite somebody: you get a short code to say and a link to send. Whoever uses it can write to you, and nobody else.",
  "shell.chooseTitle": "Whom do you want to write to?",
  "shell.chooseWords": "Choose somebody from the list, or invite someone new.",
} as const;

export const de: Record<keyof typeof en, string> = {
  "popup.locked": "Petmail ist gesperrt.",
  "popup.broken":
    "Petmail findet nicht, was es gespeichert hat. Öffne es, um zu sehen, was sich tun lässt.",
  "popup.title": "Petmail",
  "popup.unlock": "Entsperren",
  "popup.open": "Petmail öffnen",
  "popup.new":
    "Petmail ist ein privater Briefkasten in deinem Browser. Richte ihn einmal ein; es braucht nur einen Namen.",
  "popup.begin": "Petmail einrichten",
  "popup.starting": "Petmail startet…",
  "popup.unavailable": "Petmail kann hier gerade nicht laufen. Öffne es, um zu sehen, warum.",
  "shell.name": "Petmail",
  "shell.unreadTitle": "({count}) Petmail",
  "shell.skip": "Zur Unterhaltung springen",
  "shell.home": "Petmail, zum Anfang",
  "shell.people": "Leute und Einladungen",
  "shell.back": "Zurück zur Liste",
  "shell.unread.one": "{count} ungelesene Nachricht",
  "shell.unread.other": "{count} ungelesene Nachrichten",
  "shell.starting": "Dein Briefkasten wird geöffnet…",
  "shell.restarting": "Petmail hat angehalten und startet neu. Einen Moment; verloren ist nichts.",
  "shell.restarted": "Petmail musste neu starten. Deine Nachrichten sind alle da.",
  "shell.understood": "In Ordnung",
  "shell.unavailableTitle": "Petmail kann hier nicht laufen",
  "shell.unavailable.unsupported":
    "Diesem Browser fehlt etwas, das Petmail braucht. Nimm einen aktuellen Firefox, Chrome, Edge oder Safari und kein privates Fenster.",
  "shell.unavailable.load":
    "Petmails Programm ließ sich nicht laden. Prüf deine Verbindung und versuch es noch einmal.",
  "shell.unavailable.storage":
    "Der Browser lässt Petmail nichts speichern. Verlass das private Fenster, erlaube dieser Seite, Daten zu behalten, oder schaff Platz auf dem Gerät.",
  "shell.unavailable.crashing":
    "Petmail hat immer wieder angehalten. Deine Nachrichten sind noch gespeichert. Versuch es noch einmal; bleibt es so, starte den Browser neu.",
  "shell.unavailable.busy":
    "Ein anderes Petmail hat diesen Speicher geöffnet. Schließ die anderen Fenster dieses Browsers oder starte ihn neu und versuch es noch einmal.",
  "shell.unavailable.blocked":
    "Petmail bewahrt deine Schlüssel und Nachrichten in diesem Browser auf, und er ist so eingestellt, dass er von dieser Seite nichts behält. Verbraucht oder verloren ist dadurch nichts. Erlaube es und versuch es noch einmal:",
  "shell.allow.firefox":
    "Firefox: Einstellungen → Datenschutz & Sicherheit → Cookies und Website-Daten → Ausnahmen verwalten, {site} eintragen, Erlauben, Speichern.",
  "shell.allow.chromium":
    "Chrome, Edge, Chromium: Einstellungen → Datenschutz und Sicherheit → Website-Einstellungen → Weitere Inhaltseinstellungen → Websitedaten auf dem Gerät, unter „Zugelassen“ {site} hinzufügen.",
  "shell.allow.safari": "Safari: Einstellungen → Erweitert, „Alle Cookies blockieren“ ausschalten.",
  "shell.unavailable.full":
    "Auf diesem Gerät ist kein Platz mehr, und Petmail öffnet nicht, was es gespeichert hat, bevor wieder welcher da ist: Der Browser könnte es verlieren. Schaff Platz; Petmail öffnet sich dann von selbst. Was dir andere inzwischen schicken, wartet an deinem Relay.",
  "shell.unavailable.slow":
    "Petmail ist seit einer halben Minute nicht gestartet. Es versucht es weiter. Zeigt ein anderes Fenster dieses Browsers Petmail, dann schließ es; hilft das nicht, starte den Browser neu oder nimm ein Fenster, das nicht privat ist.",
  "shell.diskFullTitle": "Deine Festplatte ist voll",
  "shell.diskFull":
    "Deine Festplatte ist voll; nichts Neues wird gespeichert. Schaff Platz auf diesem Gerät: Petmail macht dann von selbst weiter. Was dir andere inzwischen schicken, wartet an deinem Relay.",
  "shell.unavailable.unknown": "Petmail antwortet nicht. Versuch es noch einmal.",
  "shell.reload": "Noch einmal",
  "shell.emptyTitle": "Dein Briefkasten ist bereit.",
  "shell.emptyWords":
    "Lade jemanden ein: Du bekommst einen kurzen Code zum Sagen und einen Link zum Schicken. Wer ihn benutzt, kann dir schreiben, sonst niemand.",
  "shell.chooseTitle": "Wem möchtest du schreiben?",
  "shell.chooseWords": "Wähl jemanden aus der Liste oder lade jemand Neuen ein.",
};

export const t = catalogue(en, de);
