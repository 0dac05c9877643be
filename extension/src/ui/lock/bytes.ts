/** Lower-case hexadecimal digits, as the agent takes keys and ids. */
export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The bytes of exactly so many, or undefined. */
export function fromHex(text: unknown, size: number): Uint8Array<ArrayBuffer> | undefined {
  if (typeof text !== "string" || text.length !== 2 * size || !/^([0-9a-f]{2})*$/.test(text)) {
    return undefined;
  }
  return Uint8Array.from({ length: size }, (_, i) =>
    Number.parseInt(text.slice(2 * i, 2 * i + 2), 16),
  );
}

export function random(size: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(size));
}
