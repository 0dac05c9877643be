// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from "vitest";
import { slices } from "../../src/ui/app/slices";
import { t } from "../../src/ui/conversation/texts";
import { language, languages, setLanguage, type Texts } from "../../src/ui/lib/catalogue";
import * as common from "../../src/ui/lib/texts";

type Said = Record<string, string>;

/** The texts of each folder of ui. */
const folders = import.meta.glob<{ en: Texts; de: Texts; t?: unknown }>("../../src/ui/*/texts.ts", {
  eager: true,
});
const en: Said = Object.assign({}, ...Object.values(folders).map((folder) => folder.en));
const de: Said = Object.assign({}, ...Object.values(folders).map((folder) => folder.de));

function placeholders(text: string): string[] {
  return [...new Set([...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? ""))].sort();
}

afterEach(() => setLanguage(""));

describe("the catalogue", () => {
  it("has no text twice", () => {
    const own = Object.values(folders).flatMap((folder) => Object.keys(folder.en));
    expect(own.length).toBeGreaterThan(100);
    expect(own.filter((key, at) => own.indexOf(key) !== at)).toEqual([]);
  });

  it("is that of the slices, of what they share, and of the pages around them", () => {
    const those = slices.map(({ texts }) => texts.en);
    expect(those.filter((one, at) => those.indexOf(one) !== at)).toEqual([]);
    const others = Object.keys(folders).filter((name) => !those.includes(folders[name]?.en ?? {}));
    expect(others.map((name) => name.split("/").at(-2)).sort()).toEqual(["app", "landing", "lib"]);
  });

  it("says the same in English and German", () => {
    expect(Object.keys(de).sort()).toEqual(Object.keys(en).sort());
  });

  it.each(Object.keys(en))("has the same placeholders in %s", (key) => {
    const own = placeholders(en[key] ?? "");
    if (!key.endsWith(".one")) return expect(placeholders(de[key] ?? "")).toEqual(own);
    // "one" may be said without the figure.
    const all = placeholders(en[key.replace(/\.one$/, ".other")] ?? "");
    expect(all).toEqual(expect.arrayContaining(own));
    expect(all).toEqual(expect.arrayContaining(placeholders(de[key] ?? "")));
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
    expect(t("conversation.send")).toBe(de["conversation.send"]);
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

  it.each(Object.keys(folders))("knows every key of %s, and what several say", (name) => {
    const folder = folders[name];
    if (!folder?.t) return expect(folder?.en).toBe(common.en);
    const say = folder.t as (key: string, values: Record<string, number>) => string;
    for (const key of [...Object.keys(folder.en), ...Object.keys(common.en)]) {
      expect(say(key.replace(/\.(one|other)$/, ""), { count: 2 })).not.toBe("");
    }
  });
});
