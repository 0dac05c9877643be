// Everything that pages say, in every language. A feature keeps its own texts
// in texts.ts; a text that depends on a count stands twice, as key.one and
// key.other.
import { signal } from "@preact/signals";
import * as components from "../components/texts";
import * as conversation from "../conversation/texts";
import * as deletion from "../deletion/texts";
import * as details from "../details/texts";
import * as erase from "../erase/texts";
import * as errors from "../errors/texts";
import * as firstrun from "../firstrun/texts";
import * as invite from "../invite/texts";
import * as landing from "../landing/texts";
import * as list from "../list/texts";
import * as lock from "../lock/texts";
import * as note from "../note/texts";
import * as popup from "../popup/texts";
import * as settings from "../settings/texts";
import * as shell from "../shell/texts";
import * as storage from "../storage/texts";
import * as who from "../who/texts";

export const en = {
  ...components.en,
  ...conversation.en,
  ...deletion.en,
  ...details.en,
  ...erase.en,
  ...errors.en,
  ...firstrun.en,
  ...invite.en,
  ...landing.en,
  ...list.en,
  ...lock.en,
  ...note.en,
  ...popup.en,
  ...settings.en,
  ...shell.en,
  ...storage.en,
  ...who.en,
};

type Texts = Record<keyof typeof en, string>;

export const de: Texts = {
  ...components.de,
  ...conversation.de,
  ...deletion.de,
  ...details.de,
  ...erase.de,
  ...errors.de,
  ...firstrun.de,
  ...invite.de,
  ...landing.de,
  ...list.de,
  ...lock.de,
  ...note.de,
  ...popup.de,
  ...settings.de,
  ...shell.de,
  ...storage.de,
  ...who.de,
};

const catalogues = { en, de };

export type Language = keyof typeof catalogues;

/** The languages to choose from, each in its own words. */
export const languages: Record<Language, string> = { en: "English", de: "Deutsch" };

/** The language of the pages. Whoever reads it is drawn again when it changes. */
export const language = signal<Language>(chosen(""));

/** Takes the language of the settings: "" is the browser's. */
export function setLanguage(setting: string): void {
  language.value = chosen(setting);
  if (typeof document !== "undefined") document.documentElement.lang = language.value;
}

function chosen(setting: string): Language {
  const wanted = setting ? [setting] : (globalThis.navigator?.languages ?? []);
  for (const tag of wanted) {
    const base = tag.toLowerCase().split("-")[0];
    if (base === "en" || base === "de") return base;
  }
  return "en";
}

type Stem<K> = K extends `${infer S}.one` ? S : K extends `${infer S}.other` ? S : K;

/** What can be said. */
export type Key = Stem<keyof typeof en>;

type Placeholder<T> = T extends `${string}{${infer P}}${infer Rest}`
  ? P | Placeholder<Rest>
  : never;
type TextOf<K extends Key> = K extends keyof typeof en
  ? (typeof en)[K]
  : `${K}.other` extends keyof typeof en
    ? (typeof en)[`${K}.other`]
    : never;
type Values<K extends Key> = Record<Placeholder<TextOf<K>>, string | number>;
type Args<K extends Key> = [Placeholder<TextOf<K>>] extends [never] ? [] : [Values<K>];

/** The text of a key, with its {placeholders} filled; {count} chooses the form. */
export function t<K extends Key>(key: K, ...[values]: Args<K>): string {
  const now = language.value;
  const texts: Record<string, string> = catalogues[now];
  const given: Record<string, string | number> = values ?? {};
  let text = texts[key];
  if (text === undefined) {
    const form = new Intl.PluralRules(now).select(Number(given.count));
    text = texts[`${key}.${form === "one" ? "one" : "other"}`] ?? "";
  }
  return text.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = given[name] ?? "";
    // A name of others must not turn the sentence around it.
    return typeof value === "number" ? value.toLocaleString(now) : `\u2068${value}\u2069`;
  });
}
