// Finds an invite link in a text: what shared/wormhole/findlink.go does, for
// pages without an agent. Both run the vectors (shared/vectors/wormhole.json);
// the rules are in shared/spec/invite.md, "Link".

/** An invite link in its one form, and the relay's host and path to show. */
export interface FoundLink {
  readonly link: string;
  readonly relay: string;
}

/** The text in which a link is looked for, in bytes of UTF-8. */
export const MAX_INVITE_TEXT = 64 << 10;

const MARK = "peti1";
/** Characters after the mark: 16 bytes and the checksum. */
const SECRET = 26 + 6;
/** Characters of a link that may stand before its secret. */
const MAX_BEFORE = 1024;
/** Beginnings of a URL that are tried for one secret. */
const MAX_STARTS = 8;
/** Times that a text may be percent-encoded. */
const MAX_COATS = 3;
const MAX_RELAY = 200;

/** In place of letters and digits that are in no link; \0 is for all else. */
const FOREIGN = "\u0001";

/** The one link in a text; "several" if there are different ones. */
export function findLink(text: string): FoundLink | "several" | undefined {
  if (text.length > MAX_INVITE_TEXT || utf8Length(text) > MAX_INVITE_TEXT) return undefined;
  const read = linkText(text);
  const found: Found[] = [];
  for (const join of ["", "lines", "all"] as const) {
    const before = found.map(({ secret }) => secret);
    for (const one of linksIn(joined(read, join), join)) {
      // A reading that joins more never corrects one that joins less.
      if (before.includes(one.secret)) continue;
      if (found.some((f) => f.secret === one.secret && f.relay === one.relay)) continue;
      found.push(one);
      if (found.length > 1) return "several";
    }
  }
  const [one] = found;
  if (!one) return undefined;
  return { link: `${one.relay}/i/#${one.secret}`, relay: one.relay.replace(/^https?:\/\//, "") };
}

interface Found {
  relay: string;
  secret: string;
}

function utf8Length(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** A text in the ASCII that links are made of, with escapes undone. */
function linkText(text: string): string {
  let out = "";
  for (const char of text) out += plain(char);
  for (let coat = 0; coat < MAX_COATS; coat++) {
    const decoded = out.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => {
      const code = Number.parseInt(hex, 16);
      return code < 0x80 ? plain(String.fromCharCode(code)) : FOREIGN;
    });
    if (decoded === out) break;
    out = decoded;
  }
  // Markdown, JSON and shells put a backslash before punctuation. Before a
  // letter one separates: it is a line end, say.
  return out.replace(/\\(?=[!-/:-@[-`{-~])/g, "").replace(/\\/g, " ");
}

function plain(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  if (code > 0x20 && code < 0x7f) return char;
  if (/[\n\v\f\r\u0085\u2028\u2029]/.test(char)) return "\n";
  if (code === 0xfe5f) return "#";
  if (code >= 0xff01 && code <= 0xff5e) return String.fromCharCode(code - 0xfee0);
  if (/[\s\u0085]/.test(char) && code !== 0xfeff) return " ";
  if (code < 0x80) return "\0";
  if (/[\p{Cf}\p{M}\u115f\u1160\u3164\uffa0]/u.test(char)) return "";
  if (/\p{Nd}/u.test(char)) return digit(code);
  return /[\p{L}\p{N}]/u.test(char) ? FOREIGN : "\0";
}

/** The ASCII form of a decimal digit: its script has the ten in a row. */
function digit(code: number): string {
  let first = code;
  while (/\p{Nd}/u.test(String.fromCodePoint(first - 1))) first--;
  return String((code - first) % 10);
}

type Joining = "" | "lines" | "all";

/** A text, and at each place what was taken out right before it. */
interface Reading {
  text: string;
  lost: Map<number, Joining>;
}

function joined(text: string, join: Joining): Reading {
  const lost = new Map<number, Joining>();
  let out = "";
  let from = 0;
  for (let at = 0; at < text.length; ) {
    const [end, lines] = blank(text, at);
    if (end === at) {
      at++;
      continue;
    }
    out += text.slice(from, at);
    if (lines && join !== "") lost.set(out.length, "lines");
    else if (!lines && join === "all") lost.set(out.length, "all");
    else out += (lines ? "\n" : " ").repeat(end - at);
    at = end;
    from = end;
  }
  return { text: out + text.slice(from), lost };
}

/**
 * Where the blanks that begin at a place end, and whether there is a line end
 * among them. The "=" that quoted-printable puts before a line end and the ">"
 * and "|" that quotations put after one belong to them.
 */
function blank(text: string, at: number): [end: number, lines: boolean] {
  let lines = false;
  let end = at;
  for (; end < text.length; end++) {
    const char = text[end];
    const soft = char === "=" && text[end + 1] === "\n";
    const quote = lines && (char === ">" || char === "|");
    if (char !== " " && char !== "\n" && !soft && !quote) break;
    lines ||= char === "\n";
  }
  return [end, lines];
}

/** The valid links of one reading. */
function linksIn(reading: Reading, join: Joining): Found[] {
  const out: Found[] = [];
  const { text, lost } = reading;
  const secrets = new RegExp(`(?<![a-z0-9])${MARK}[02-9ac-hj-np-z]{${SECRET}}`, "gi");
  for (const match of text.matchAll(secrets)) {
    const end = match.index + MARK.length + SECRET;
    if (/[a-z0-9]/i.test(text[end] ?? "") && !lost.has(end)) continue;
    const secret = match[0].toLowerCase();
    if (!validSecret(secret)) continue;
    const relay = relayBefore(reading, match.index, join);
    if (relay !== undefined) out.push({ relay, secret });
  }
  return out;
}

/** The relay's URL before the secret at a place. */
function relayBefore({ text, lost }: Reading, at: number, join: Joining): string | undefined {
  let start = at;
  while (start > 0 && at - start < MAX_BEFORE && inURL.test(text[start - 1] ?? "")) start--;
  const before = text.slice(start, at);
  for (let end = before.length, tries = 0; tries < MAX_STARTS; tries++) {
    const colon = end > 0 ? before.lastIndexOf("://", end - 3) : -1;
    if (colon < 0) break;
    end = colon;
    const [scheme] = /https?$/i.exec(before.slice(0, colon)) ?? [];
    if (!scheme) continue;
    const rest = before.slice(colon + 3);
    const where = splitLink(rest);
    const relay = where === undefined ? undefined : normalized(`${scheme}://${where}`);
    if (relay === undefined) continue;
    const slash = colon + 3 + `${rest}/`.indexOf("/");
    let spaced = false;
    for (let i = colon; i <= slash; i++) spaced ||= lost.get(start + i) === "all";
    if (!spaced) return relay;
  }
  // Where a link without a scheme begins is anybody's guess.
  if (join !== "" || text[start - 1] === FOREIGN || hostBroken(text, start)) return undefined;
  for (let end = before.length, tries = 0; tries < MAX_STARTS && end >= 0; tries++) {
    end = lastOf(before.slice(0, end), "*([=,;!'&");
    const where = splitLink(before.slice(end + 1));
    if (where === undefined) continue;
    const bare = bareRelay(where);
    return bare === undefined ? undefined : normalized(bare);
  }
  return undefined;
}

/** What stands in URLs as they are copied. */
const inURL = /[!#-;=?-[\]_a-z~]/;

function lastOf(text: string, chars: string): number {
  let at = text.length - 1;
  while (at >= 0 && !chars.includes(text[at] ?? "")) at--;
  return at;
}

/**
 * Whether a line ends right before start in the host of a URL: what begins at
 * start may be the rest of it.
 */
function hostBroken(text: string, start: number): boolean {
  let at = start;
  while (at > 0 && start - at < MAX_BEFORE && text[at - 1] === "\n") at--;
  const end = at;
  while (
    at > 0 &&
    end - at < MAX_BEFORE &&
    text[at - 1] !== "/" &&
    inURL.test(text[at - 1] ?? "")
  ) {
    at--;
  }
  return end < start && at > 2 && text.slice(at - 3, at) === "://";
}

/**
 * Takes from what stands before a secret the "/i/", and the query and the "#"
 * after it.
 */
function splitLink(before: string): string | undefined {
  const [, where = "", rest = ""] = /^([^?#*]*)(?:\?[^#]*)?(.*)$/.exec(before) ?? [];
  if (!/^[#*!/]*$/.test(rest)) return undefined;
  const alone = where.length === before.length;
  const [, host] = (alone ? /^(.*)\/i\/$/i : /^(.*)\/i\/?$/i).exec(where) ?? [];
  return host;
}

/** The URL of a relay without its scheme at the end of a text. */
function bareRelay(text: string): string | undefined {
  const [run = ""] = /[a-z0-9\-._~:/]*$/i.exec(text) ?? [];
  if (text[text.length - run.length - 1] === "@") return undefined;
  const [whole = "", path = ""] = split(run.replace(/^[-._~:]+/, ""), "/");
  const [, named = "", port = ""] = /^(.*?)(:[:0-9]*)?$/.exec(whole) ?? [];
  const host = named.slice(named.lastIndexOf(":") + 1); // "Link:relay.example.org"
  const local = host.toLowerCase() === "localhost" || host.startsWith("127.");
  if (host === "" || (!local && !host.includes("."))) return undefined;
  return `${local ? "http" : "https"}://${host}${port}/${path}`;
}

function split(text: string, by: string): [string, string] {
  const at = text.indexOf(by);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

/** A relay's URL in its one form (shared/wire NormalizeRelayURL). */
function normalized(text: string): string | undefined {
  if (text.length > MAX_RELAY) return undefined;
  const parts =
    /^(https?):\/\/(\[[0-9a-f:.]+\]|[a-z0-9][a-z0-9.-]*)(?::([1-9]\d{0,4}))?((?:\/[a-z0-9\-_~][a-z0-9\-._~]*)*)\/*$/i.exec(
      text,
    );
  if (!parts) return undefined;
  const [, scheme = "", host = "", port = "", path = ""] = parts;
  if (host.length > 253 || Number(port) > 65_535) return undefined;
  const protocol = scheme.toLowerCase();
  const own = port === "" || port === (protocol === "https" ? "443" : "80");
  return `${protocol}://${host.toLowerCase()}${own ? "" : `:${port}`}${path}`;
}

const alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

/** Whether a secret is bech32m (BIP-350) of 16 bytes with zero bits at the end. */
function validSecret(secret: string): boolean {
  const prefix = [...MARK.slice(0, -1)].map((char) => char.charCodeAt(0));
  const groups = [...secret.slice(MARK.length)].map((char) => alphabet.indexOf(char));
  let check = 1;
  for (const value of [...prefix.map((c) => c >> 5), 0, ...prefix.map((c) => c & 31), ...groups]) {
    const top = check >>> 25;
    check = ((check & 0x1ffffff) << 5) ^ value;
    for (const [bit, generator] of generators.entries()) {
      if ((top >> bit) & 1) check ^= generator;
    }
  }
  const last = groups[groups.length - 7] ?? 31; // 26 groups hold 2 bits more than 16 bytes
  return check === 0x2bc830a3 && (last & 3) === 0;
}

const generators = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
