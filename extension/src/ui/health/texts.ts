import { catalogue } from "../lib/catalogue";

/** What is said of the device, and of work that does not succeed. */
export const en = {
  "health.trouble":
    "Something Petmail has to do time and again does not work. It keeps trying; what you write and read is not affected.",
  "health.clockAhead": "This device’s clock is {by} ahead.",
  "health.clockBehind": "This device’s clock is {by} behind.",
  "health.clockHours.one": "{count} hour",
  "health.clockHours.other": "{count} hours",
  "health.clockDays.one": "{count} day",
  "health.clockDays.other": "{count} days",
  "health.clockOff":
    "So the times you see in Petmail are wrong; nothing is lost. Set date, time and time zone in the settings of your device.",
} as const;

export const de: Record<keyof typeof en, string> = {
  "health.trouble":
    "Etwas, das Petmail immer wieder tun muss, gelingt nicht. Es versucht es weiter; was du schreibst und liest, betrifft das nicht.",
  "health.clockAhead": "Die Uhr dieses Geräts geht {by} vor.",
  "health.clockBehind": "Die Uhr dieses Geräts geht {by} nach.",
  "health.clockHours.one": "{count} Stunde",
  "health.clockHours.other": "{count} Stunden",
  "health.clockDays.one": "{count} Tag",
  "health.clockDays.other": "{count} Tage",
  "health.clockOff":
    "Darum stimmen die Zeiten nicht, die du in Petmail siehst; verloren ist nichts. Stell Datum, Uhrzeit und Zeitzone in den Einstellungen deines Geräts.",
};

export const t = catalogue(en, de);
