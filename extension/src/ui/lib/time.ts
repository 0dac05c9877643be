// Times as a person says them, in the language of the pages.

const DAY = 24 * 60 * 60 * 1000;

const formats = new Map<string, Intl.DateTimeFormat>();

function format(language: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = language + JSON.stringify(options);
  let made = formats.get(key);
  if (!made) {
    made = new Intl.DateTimeFormat(regional(language), options);
    formats.set(key, made);
  }
  return made;
}

/** The browser's own variant of a language, for its clock and order of day and month. */
function regional(language: string): string {
  const preferred = globalThis.navigator?.languages ?? [];
  return (
    preferred.find((other) => other === language || other.startsWith(`${language}-`)) ?? language
  );
}

/** Midnight at the beginning of a time's day, in unix ms. */
export function dayOf(time: number): number {
  const date = new Date(time);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

/** Whole days from the day of time to the day of now; negative in the future. */
function daysAgo(time: number, now: number): number {
  return Math.round((dayOf(now) - dayOf(time)) / DAY); // a day may have 23 or 25 hours
}

/** "14:02" */
export function clock(time: number, language: string): string {
  return format(language, { timeStyle: "short" }).format(time);
}

/** "Today", "Yesterday", "Sunday", "3 June", "3 June 2025" */
export function day(time: number, now: number, language: string): string {
  const ago = daysAgo(time, now);
  if (ago === 0 || ago === 1) {
    const words = new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(-ago, "day");
    return words.charAt(0).toLocaleUpperCase(language) + words.slice(1);
  }
  if (ago > 1 && ago < 7) return format(language, { weekday: "long" }).format(time);
  return date(time, now, language);
}

/** "3 June", "3 June 2025" */
export function date(time: number, now: number, language: string): string {
  const thisYear = new Date(time).getFullYear() === new Date(now).getFullYear();
  return format(
    language,
    thisYear
      ? { day: "numeric", month: "long" }
      : { day: "numeric", month: "long", year: "numeric" },
  ).format(time);
}

/** For lists: "14:02", "Tue", "3 Jun", "03/06/2025" */
export function brief(time: number, now: number, language: string): string {
  const ago = daysAgo(time, now);
  if (ago <= 0) return clock(time, language);
  if (ago < 7) return format(language, { weekday: "short" }).format(time);
  if (new Date(time).getFullYear() === new Date(now).getFullYear()) {
    return format(language, { day: "numeric", month: "short" }).format(time);
  }
  return format(language, { day: "2-digit", month: "2-digit", year: "numeric" }).format(time);
}

/** For tooltips: the whole of it. */
export function full(time: number, language: string): string {
  return format(language, { dateStyle: "full", timeStyle: "short" }).format(time);
}

/** When something is tried next: "14:10" within half a day, else with its day. */
export function asideUntil(time: number, now: number, language: string): string {
  if (time - now < DAY / 2) return clock(time, language);
  return format(language, { dateStyle: "medium", timeStyle: "short" }).format(time);
}
