// How pages say things, in every language. A feature keeps its own texts in
// texts.ts and says them with a t of its own; what several say stands in
// lib/texts.ts. A text that depends on a count stands twice, as key.one and
// key.other.
import { signal } from "@preact/signals";
import * as common from "./texts";

/** Texts by key, each with its {placeholders}. */
export type Texts = Readonly<Record<string, string>>;

/** The languages to choose from, each in its own words. */
export const languages = { en: "English", de: "Deutsch" } as const;

export type Language = keyof typeof languages;

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

type Placeholder<T> = T extends `${string}{${infer P}}${infer Rest}`
  ? P | Placeholder<Rest>
  : never;
type TextOf<E, K> = K extends keyof E
  ? E[K]
  : K extends string
    ? `${K}.other` extends keyof E
      ? E[`${K}.other`]
      : never
    : never;
type Values<E, K> = Record<Placeholder<TextOf<E, K>>, string | number>;
type Args<E, K> = [Placeholder<TextOf<E, K>>] extends [never] ? [] : [Values<E, K>];

/** The text of a key, with its {placeholders} filled; {count} chooses the form. */
export type Say<E> = <K extends Stem<keyof E>>(key: K, ...values: Args<E, K>) => string;

/** What says the texts given, and what several features say. */
export function catalogue<E extends Texts>(
  en: E,
  de: Record<keyof E, string>,
): Say<E & typeof common.en> {
  const catalogues: Record<Language, Texts> = {
    en: { ...common.en, ...en },
    de: { ...common.de, ...de },
  };
  return (key, ...[values]) => filled(catalogues[language.value], String(key), values ?? {});
}

/** Says what several features say. */
export const t = catalogue({}, {});

function filled(texts: Texts, key: string, given: Readonly<Record<string, string | number>>) {
  const now = language.value;
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
