/** What is said of who somebody is, and of what they say they are. */
export const en = {
  "who.noName": "No name",
  "who.same": "There is another {name}",
  "who.similar": "Looks like {name}",
  "who.sameNote":
    "Two of your contacts can be mistaken for each other. A name of your own tells them apart.",
  "who.renamed": "{name} now calls themselves {newName}.",
  "who.renamedVerified":
    "You compared the words for the key of {name}. That says nothing about a name: people can call themselves anything.",
  "who.useName": "Use this name",
  "who.keepName": "Keep {name}",
  "who.callsNow": "now calls themselves {name}",
  "who.differ":
    "You compared the words with {name}, and they differed. Somebody may be reading along. Write nothing private here until you have compared them again.",
  "who.differShort": "The words differed",
  "who.moved": "The mailbox of {name} is now at {relay}.",
  "who.movedWas": "It was at {relay}. You need not do anything.",
  "who.noted": "All right",
  "who.relayAlarm":
    "The relay of {name} shows other keys than before. It may have been set up anew, or somebody has taken its place. Compare the words with {name} to be sure.",
  "who.relayAlarmShort": "The keys of their relay have changed",
} as const;

export const de: Record<keyof typeof en, string> = {
  "who.noName": "Ohne Namen",
  "who.same": "{name} gibt es noch einmal",
  "who.similar": "Sieht aus wie {name}",
  "who.sameNote":
    "Zwei deiner Kontakte sind leicht zu verwechseln. Ein Name, den du selbst vergibst, hält sie auseinander.",
  "who.renamed": "{name} nennt sich jetzt {newName}.",
  "who.renamedVerified":
    "Die Wörter hast du für den Schlüssel von {name} verglichen. Über einen Namen sagt das nichts: Nennen kann man sich, wie man will.",
  "who.useName": "Diesen Namen nehmen",
  "who.keepName": "Bei {name} bleiben",
  "who.callsNow": "nennt sich jetzt {name}",
  "who.differ":
    "Du hast die Wörter mit {name} verglichen, und sie waren verschieden. Vielleicht liest jemand mit. Schreib hier nichts Privates, bis ihr sie noch einmal verglichen habt.",
  "who.differShort": "Die Wörter waren verschieden",
  "who.moved": "Das Postfach von {name} ist jetzt bei {relay}.",
  "who.movedWas": "Vorher war es bei {relay}. Du musst nichts tun.",
  "who.noted": "In Ordnung",
  "who.relayAlarm":
    "Das Relay von {name} zeigt andere Schlüssel als vorher. Vielleicht wurde es neu eingerichtet, vielleicht steht jemand an seiner Stelle. Vergleich mit {name} die Wörter, um sicher zu sein.",
  "who.relayAlarmShort": "Das Relay zeigt andere Schlüssel",
};
