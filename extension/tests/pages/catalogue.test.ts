import { afterEach, describe, expect, it } from "vitest";
import { de, en, type Key, language, languages, setLanguage, t } from "../../src/ui/catalogue";

const texts: Record<string, string> = en;
const german: Record<string, string> = de;

function placeholders(text: string): string[] {
  return [...new Set([...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? ""))].sort();
}

afterEach(() => setLanguage(""));

describe("the catalogue", () => {
  it("has each feature's texts, none twice", async () => {
    const features = import.meta.glob<{ en: Record<string, string>; de: Record<string, string> }>(
      "../../src/ui/*/texts.ts",
      { eager: true },
    );
    const own = Object.values(features).flatMap((feature) => Object.keys(feature.en));
    expect(own.length).toBeGreaterThan(100);
    expect(own.filter((key, at) => own.indexOf(key) !== at)).toEqual([]);
    expect(Object.keys(en).sort()).toEqual(own.sort());
  });

  it("says the same in English and German", () => {
    expect(Object.keys(de).sort()).toEqual(Object.keys(en).sort());
  });

  it.each(Object.keys(en))("has the same placeholders in %s", (key) => {
    const own = placeholders(texts[key] ?? "");
    if (!key.endsWith(".one")) return expect(placeholders(german[key] ?? "")).toEqual(own);
    // "one" may be said without the figure.
    const all = placeholders(texts[key.replace(/\.one$/, ".other")] ?? "");
    expect(all).toEqual(expect.arrayContaining(own));
    expect(all).toEqual(expect.arrayContaining(placeholders(german[key] ?? "")));
  });

  it("has words for everything, without blanks at the ends", () => {
    const bad = [...Object.entries(en), ...Object.entries(de)].filter(
      ([, text]) => text === "" || text !== text.trim() || /\s\s|\n/.test(text),
    );
    expect(bad).toEqual([]);
  });

  it("has both forms of what is counted", () => {
    const keys = Object.keys(en);
    for (const key of keys.filter((key) => /\.(one|other)$/.test(key))) {
      const stem = key.replace(/\.(one|other)$/, "");
      expect(keys).toEqual(expect.arrayContaining([`${stem}.one`, `${stem}.other`]));
    }
  });

  it("writes apostrophes and quotes as each language does", () => {
    const straight = (text: string) => text.includes('"');
    expect(Object.entries(en).filter(([, text]) => straight(text))).toEqual([]);
    expect(
      Object.entries(de).filter(
        ([, text]) => straight(text) || text.includes("“") !== text.includes("„"),
      ),
    ).toEqual([]);
  });
});

describe("t", () => {
  it("follows the language that is chosen", () => {
    setLanguage("en");
    const english = t("conversation.send");
    setLanguage("de");
    expect(language.value).toBe("de");
    expect(t("conversation.send")).not.toBe(english);
    expect(t("conversation.send")).toBe(german["conversation.send"]);
  });

  it("falls back to a language it has", () => {
    setLanguage("tlh");
    expect(Object.keys(languages)).toContain(language.value);
  });

  it("chooses the form by the count", () => {
    setLanguage("en");
    expect(t("conversation.newer", { count: 1 })).toBe("1 new message");
    expect(t("conversation.newer", { count: 3 })).toBe("3 new messages");
    expect(t("conversation.newer", { count: 1200 })).toBe("1,200 new messages");
    setLanguage("de");
    expect(t("conversation.newer", { count: 1 })).toBe("1 neue Nachricht");
    expect(t("conversation.newer", { count: 1200 })).toContain("1.200");
  });

  it("keeps the direction of a name to itself, and takes it as it is", () => {
    setLanguage("en");
    const said = t("conversation.writeTo", { name: "{count} $& \u202eabc" });
    expect(said).toBe("Write to \u2068{count} $& \u202eabc\u2069");
  });

  it("knows every key", () => {
    for (const key of Object.keys(en)) {
      const stem = key.replace(/\.(one|other)$/, "") as Key;
      const say = t as (key: Key, values: Record<string, number>) => string;
      expect(say(stem, { count: 2 })).not.toBe("");
    }
  });
});
