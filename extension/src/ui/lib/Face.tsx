import { safeLine } from "./text";
import "./face.css";

/** The round sign of a person: the first letter of their name, in one of the tints. */
export function Face({ id, name }: { id: string; name: string }) {
  return (
    <span class={`face tint-${tint(id)}`} aria-hidden="true">
      {initial(name)}
    </span>
  );
}

const TINTS = 3;

function tint(id: string): number {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973;
  return sum % TINTS;
}

function initial(name: string): string {
  const line = safeLine(name);
  const segments = new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(line);
  const first = segments[Symbol.iterator]().next();
  return first.done ? "?" : first.value.segment.toLocaleUpperCase();
}
