/** How hard a passphrase is to guess, as far as its looks tell. */
export type Strength = "short" | "weak" | "fair" | "good";

/** What everybody tries first. */
const common =
  /p[a@]ssw[o0]rd|passwort|qwert[zy]?|asdf|letmein|welcome|iloveyou|admin|monkey|dragon|hallo|schatz|petmail|abc123|geheim|secret/gi;

/** Bits a word of some list, or of a language, is worth to somebody who guesses words. */
const wordBits = 11;

/** Bits above which a lock is fair and good, at some two guesses a second and core. */
const fair = 36;
const good = 52;

/**
 * A hint, not a proof: counts words or characters, and nothing twice. minLength
 * is in characters.
 */
export function strength(passphrase: string, minLength: number): Strength {
  const text = passphrase.normalize("NFKC");
  const length = [...text].length;
  if (length < minLength) return "short";
  const bits = Math.min(characterBits(text), phraseBits(text));
  if (bits < fair) return "weak";
  return bits < good ? "fair" : "good";
}

function characterBits(text: string): number {
  const rest = text.replace(common, "x");
  let alphabet = 0;
  if (/\p{Ll}/u.test(rest)) alphabet += 26;
  if (/\p{Lu}/u.test(rest)) alphabet += 26;
  if (/\d/.test(rest)) alphabet += 10;
  if (/[^\p{L}\d]/u.test(rest)) alphabet += 20;
  if (/[^\p{ASCII}]/u.test(rest)) alphabet += 40;
  return surprising(rest) * Math.log2(Math.max(alphabet, 2));
}

/** How many characters neither repeat nor go on from the one before. */
function surprising(text: string): number {
  const codes = [...text].map((character) => character.codePointAt(0) ?? 0);
  return codes.filter((code, i) => {
    const before = codes[i - 1];
    return before === undefined || Math.abs(code - before) > 1;
  }).length;
}

/** Of words what somebody who guesses words needs; of anything else, no bound. */
function phraseBits(text: string): number {
  const words = text.toLowerCase().match(/\p{L}{2,}/gu) ?? [];
  const others = text.replace(/\p{L}{2,}|\s/gu, "").length;
  if (words.length === 0 || others > words.length) return Number.POSITIVE_INFINITY;
  // A word that is none, such as "xkqzvw", is worth its letters.
  const bits = [...new Set(words)].map((word) => (vowels(word) ? wordBits : word.length * 4));
  return bits.reduce((sum, one) => sum + one, 0) + others * 4;
}

function vowels(word: string): boolean {
  return (word.match(/[aeiouyäöü]/g)?.length ?? 0) * 5 >= word.length;
}
