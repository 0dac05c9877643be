// What other people wrote, made fit to be shown.
import { MaxNameRunes } from "../../api";

/**
 * The room of a field for a name, in UTF-16 units: more than a name may have
 * (MaxNameRunes), since what is pasted may bring marks that the agent takes
 * away. It says what is too long; nothing is cut off unseen.
 */
export const NAME_ROOM = 4 * MaxNameRunes;

/** A stretch of text; href is set where it is a link. */
export interface Piece {
  text: string;
  href?: string;
}

/** C0 and C1 controls besides tab and newline; they have no shape. */
const controls = /(?![\t\n])\p{Cc}/gu;

/**
 * Characters that change the direction of what follows. The overrides serve
 * only to deceive; in names the others do too.
 */
const overrides = /[\u202d\u202e]/g;
const directions = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Spaces of all kinds, and what is as good as one in a name. */
const spaces =
  /(?:\u034f|[\s\u00ad\u115f\u1160\u17b4\u17b5\u180e\u200b\u2028\u2029\u2060-\u2064\u3164\ufeff\uffa0])+/g;

/**
 * A character with ink of its own. The agent draws the same line before it
 * sends anything (shared/text), and both read shared/text/testdata.
 */
const ink =
  /[^\p{Z}\p{Cc}\p{M}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800\ufffc\u{1d159}]|[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}]/u;

/** Whether a text shows anything at all. */
export function visible(text: string): boolean {
  return ink.test(text);
}

/** Hebrew, Arabic, Syriac, Thaana, NKo and those after them, Adlam. */
const leftwards =
  /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/**
 * The direction of a text by its first letter; undefined where it has none. It
 * is what dir="auto" finds, which takes browsers seconds in a field that holds
 * a megabyte.
 */
export function direction(text: string): "ltr" | "rtl" | undefined {
  const letter = /\p{L}/u.exec(text)?.[0];
  if (!letter) return undefined;
  return leftwards.test(letter) ? "rtl" : "ltr";
}

/** A message's text without what cannot be shown or would deceive. */
export function safeText(text: string): string {
  return text.replace(/\r\n?/g, "\n").replace(controls, "").replace(overrides, "");
}

/** The same on one line, for names and previews. */
export function safeLine(text: string): string {
  return text.replace(spaces, " ").replace(controls, "").replace(directions, "").trim();
}

/** Links longer than this are left as text. */
const MAX_LINK = 2000;

const link = /\bhttps?:\/\/[^\s<>"'`\u2066-\u2069\u200e\u200f\u202a-\u202c]+/gi;

/** Splits a safe text at its plain web links. Joined, the pieces are the text. */
export function pieces(text: string): Piece[] {
  const out: Piece[] = [];
  let done = 0;
  for (const match of text.matchAll(link)) {
    const shown = trimmed(match[0]);
    const href = address(shown);
    if (!href) continue;
    if (match.index > done) out.push({ text: text.slice(done, match.index) });
    out.push({ text: shown, href });
    done = match.index + shown.length;
  }
  if (done < text.length || out.length === 0) out.push({ text: text.slice(done) });
  return out;
}

/** Without the punctuation that ends the sentence around it. */
function trimmed(found: string): string {
  let shown = found.replace(/[.,;:!?…]+$/, "");
  while (/[)\]}]$/.test(shown) && unbalanced(shown)) {
    shown = shown.slice(0, -1).replace(/[.,;:!?…]+$/, "");
  }
  return shown;
}

function unbalanced(shown: string): boolean {
  const close = shown.slice(-1);
  const open = { ")": "(", "]": "[", "}": "{" }[close] ?? "";
  return shown.split(close).length > shown.split(open).length;
}

/**
 * Where a link leads; undefined if it is none, or one that shows another place
 * than it leads to.
 */
function address(shown: string): string | undefined {
  if (shown.length > MAX_LINK) return undefined;
  let url: URL;
  try {
    url = new URL(shown);
  } catch {
    return undefined;
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") return undefined;
  if (url.username || url.password || !url.hostname) return undefined;
  return url.href;
}
