import type { SaveLine } from "../../api";
import { safeLine, safeText } from "../lib/text";
import { t } from "./texts";

/** What was said, as the text of a file. */
export function written(name: string, lines: readonly SaveLine[], now: number): string {
  const who = safeLine(name);
  const body = lines.map((line) => {
    const author = line.mine ? t("save.you") : who;
    return `[${minute(line.time)}] ${author}: ${indented(words(line))}\n`;
  });
  return `${safeLine(t("save.head", { name: who, time: minute(now) }))}\n\n${body.join("")}`;
}

/** The name of that file, which any system takes. */
export function fileName(name: string, now: number): string {
  const who = [...safeLine(name).replace(/[\p{C}\\/:*?"<>|.]+/gu, " ")].slice(0, 60).join("");
  return `Petmail ${who} ${minute(now).slice(0, 10)}.txt`.replace(/\s+/g, " ");
}

function words(line: SaveLine): string {
  if (line.kind === "deleted") return t("save.deleted");
  return line.kind === "text" ? safeText(line.text) : t("save.unknown");
}

/** Only what Petmail writes begins a line: no text can pass for another's. */
function indented(text: string): string {
  return text.split(/[\n\u2028\u2029]/).join("\n    ");
}

/** "2026-11-30 14:02", by the clock of this device. */
function minute(time: number): string {
  const date = new Date(time);
  const two = (n: number) => String(n).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}
