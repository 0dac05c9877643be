import { argon2id } from "hash-wasm";
import { describe, expect, it } from "vitest";
import { calibrated, stretch } from "../../../src/ui/lock/argon";
import { fromHex, toHex } from "../../../src/ui/lock/bytes";
import {
  maxIterations,
  readPasskey,
  readPassphrase,
  writePasskey,
  writePassphrase,
} from "../../../src/ui/lock/params";
import { longEnough, minLength } from "../../../src/ui/lock/passphrase";
import { strength } from "../../../src/ui/lock/strength";

const salt = new Uint8Array(16).fill(7);

describe("Argon2id", () => {
  it("answers a vector of the reference implementation's tests", async () => {
    const tag = await argon2id({
      password: "password",
      salt: "somesalt",
      iterations: 2,
      parallelism: 1,
      memorySize: 65_536,
      hashLength: 32,
    });
    expect(tag).toBe("09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7");
  });

  it("takes the different ways to type the same for one", async () => {
    const params = { salt, iterations: 2 };
    const key = toHex(await stretch("caf\u00e9 \uff5ahi \u2460", params));
    expect(toHex(await stretch("cafe\u0301 zhi 1", params))).toBe(key);
    expect(toHex(await stretch("cafe zhi 1", params))).not.toBe(key);
    expect(toHex(await stretch("caf\u00e9 zhi 1 ", params))).not.toBe(key);
  }, 60_000);

  it("is calibrated to half a second, within bounds", () => {
    expect(calibrated(2, 200)).toBe(5);
    expect(calibrated(2, 5_000)).toBe(2);
    expect(calibrated(2, 0)).toBe(maxIterations);
  });
});

describe("parameters of a passphrase", () => {
  const text = writePassphrase({ salt, iterations: 3 });

  it("come back as written, in little room", () => {
    expect(readPassphrase(text)).toEqual({ salt, iterations: 3 });
    expect(text.length).toBeLessThan(512);
  });

  it.each([
    ["more memory", { m: 8_388_608 }],
    ["less memory", { m: 8 }],
    ["hours", { t: 1_000_000 }],
    ["no work", { t: 1 }],
    ["half a pass", { t: 2.5 }],
    ["a text for a number", { t: "3" }],
    ["more lanes", { p: 4 }],
    ["another function", { kdf: "argon2i" }],
    ["another version", { v: 2 }],
    ["a short salt", { salt: "07" }],
    ["no salt", { salt: undefined }],
    ["a salt that is none", { salt: "zz".repeat(16) }],
  ])("are refused with %s", (_, change) => {
    expect(readPassphrase(JSON.stringify({ ...JSON.parse(text), ...change }))).toBeUndefined();
  });

  it.each(["", "null", "[]", "3", "{", `${" ".repeat(600)}${text}`])("are refused as %j", (odd) => {
    expect(readPassphrase(odd)).toBeUndefined();
    expect(readPasskey(odd)).toBeUndefined();
  });
});

describe("parameters of a passkey", () => {
  const params = { credential: new Uint8Array(64).fill(9), salt: new Uint8Array(32).fill(8) };
  const text = writePasskey(params) ?? "";

  it("come back as written", () => expect(readPasskey(text)).toEqual(params));

  it("do not take an id that has no room", () => {
    expect(writePasskey({ ...params, credential: new Uint8Array(161) })).toBeUndefined();
    expect(writePasskey({ ...params, credential: new Uint8Array(0) })).toBeUndefined();
    const longest = writePasskey({ ...params, credential: new Uint8Array(160) });
    expect(longest?.length).toBeLessThan(512);
  });

  it.each([{ id: "" }, { id: "0" }, { id: 3 }, { salt: "00" }, { kdf: "argon2id" }, { v: 0 }])(
    "are refused with %j",
    (change) => {
      expect(readPasskey(JSON.stringify({ ...JSON.parse(text), ...change }))).toBeUndefined();
    },
  );
});

describe("a passphrase", () => {
  it("has as many characters as a person counts, no fewer", () => {
    expect(longEnough("1234567")).toBe(false);
    expect(longEnough("12345678")).toBe(true);
    expect(longEnough("😀😀😀😀")).toBe(false);
    expect(longEnough("e\u0301".repeat(7))).toBe(false);
  });

  it.each([
    ["short", "abc"],
    ["weak", "password"],
    ["weak", "Passw0rd1"],
    ["weak", "aaaaaaaaaaaaaaaa"],
    ["weak", "abcdefghijklmnop"],
    ["weak", "1234567890"],
    ["weak", "tomato tomato tomato tomato"],
    ["weak", "tomato river"],
    ["fair", "tomato river candle bottle"],
    ["good", "tomato river candle bottle nine horses"],
    ["good", "k3;Rw9!xQz2p"],
    ["good", "plover trivial Zebra 47 magnet"],
  ])("is %s: %s", (wanted, text) => expect(strength(text, minLength)).toBe(wanted));
});

describe("hexadecimal", () => {
  it("is read strictly", () => {
    expect(fromHex("00ff", 2)).toEqual(Uint8Array.of(0, 255));
    for (const odd of ["00FF", "00f", "00ff00", "0 ff", "", 5, undefined]) {
      expect(fromHex(odd, 2)).toBeUndefined();
    }
    expect(toHex(Uint8Array.of(0, 15, 255))).toBe("000fff");
  });
});
