import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { fromHex } from "../../../src/ui/lock/bytes";
import {
  readPasskey,
  readPassphrase,
  writePasskey,
  writePassphrase,
} from "../../../src/ui/lock/params";

interface Vector {
  name: string;
  kind: "passphrase" | "passkey";
  text: string;
  value?: { salt: string; iterations?: number; credential?: string };
}

const vectors = JSON.parse(
  readFileSync(new URL("../../../../shared/vectors/vault.json", import.meta.url), "utf8"),
).parameters as Vector[];

const bytes = (hex = "") => fromHex(hex, hex.length / 2) as Uint8Array<ArrayBuffer>;

describe.each(["passphrase", "passkey"] as const)("the vectors of a %s", (kind) => {
  const mine = vectors.filter((vector) => vector.kind === kind);
  test("accept and refuse", () => {
    expect(mine.some(({ value }) => value)).toBe(true);
    expect(mine.some(({ value }) => !value)).toBe(true);
  });
  test.each(mine)("$name", ({ text, value }) => {
    const read = kind === "passphrase" ? readPassphrase : readPasskey;
    if (!value) {
      expect(read(text)).toBeUndefined();
      return;
    }
    const salt = bytes(value.salt);
    if (kind === "passphrase") {
      const params = { salt, iterations: value.iterations as number };
      expect(read(text)).toEqual(params);
      expect(writePassphrase(params)).toBe(text.trimEnd());
    } else {
      const params = { salt, credential: bytes(value.credential) };
      expect(read(text)).toEqual(params);
      expect(writePasskey(params)).toBe(text);
    }
  });
});
