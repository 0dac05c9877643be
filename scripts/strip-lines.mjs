// strip-lines.mjs IN OUT: takes the line tables out of a Go program in wasm.
//
// Go keeps, for each function, which file and line every instruction came from
// (runtime/symtab.go, cmd/link/internal/ld/pcln.go). Only stack traces read
// them, and they are a fifteenth of what a browser has to download. Without
// them a trace names functions and offsets; `go build` of the same commit
// without this step has the lines to these offsets. A table at offset 0 is none
// to the runtime, which then says "?:0".
//
// Nothing moves: what is taken out becomes zeros, which compress to nothing.
// A layout that is not the one known here is an error, never a guess.
import { readFileSync, writeFileSync } from "node:fs";

const [from, to] = process.argv.slice(2);
const file = readFileSync(from);
const memory = dataSegments(file);
const table = findTable();
const functions = table.functions();

const kept = new Set();
for (const f of functions) {
  kept.add(f.pcsp);
  for (const offset of f.pcdata) kept.add(offset);
}
const keep = new Uint8Array(table.pctabEnd - table.pctab);
for (const offset of kept) {
  if (offset === 0) continue;
  const end = endOfTable(table.pctab + offset);
  keep.fill(1, offset, end - table.pctab);
}
for (let i = 1; i < keep.length; i++) if (!keep[i]) memory.write8(table.pctab + i, 0);
for (const f of functions) {
  memory.write32(f.at + 20, 0); // pcfile
  memory.write32(f.at + 24, 0); // pcln
  memory.write32(f.at + 36, 0); // startLine
}
writeFileSync(to, file);

/** Where in the file each byte of the program's initial memory stands. */
function dataSegments(bytes) {
  if (bytes.readUInt32LE(0) !== 0x6d736100 || bytes.readUInt32LE(4) !== 1) fail("not wasm");
  let at = 8;
  const leb = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  const segments = [];
  while (at < bytes.length) {
    const id = bytes[at++];
    const size = leb();
    const end = at + size;
    if (id === 11) {
      for (let count = leb(); count > 0; count--) {
        if (leb() !== 0 || bytes[at++] !== 0x41) fail("an unknown kind of data segment");
        const address = leb();
        if (bytes[at++] !== 0x0b) fail("an unknown data segment");
        const length = leb();
        segments.push({ address, length, at });
        at += length;
      }
    }
    at = end;
  }
  segments.sort((a, b) => a.address - b.address);
  const place = (address) => {
    let low = 0;
    let high = segments.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (segments[middle].address <= address) low = middle;
      else high = middle;
    }
    const s = segments[low];
    return s && address >= s.address && address < s.address + s.length ? s.at + address - s.address : -1;
  };
  // What no segment holds is zero.
  const read8 = (address) => {
    const p = place(address);
    return p < 0 ? 0 : bytes[p];
  };
  return {
    segments,
    read8,
    read32: (address) =>
      (read8(address) | (read8(address + 1) << 8) | (read8(address + 2) << 16)) +
      read8(address + 3) * 2 ** 24,
    write8(address, value) {
      const p = place(address);
      if (p >= 0) bytes[p] = value;
      else if (value !== 0) fail("a byte outside of the data segments");
    },
    write32(address, value) {
      for (let i = 0; i < 4; i++) this.write8(address + i, (value >>> (8 * i)) & 0xff);
    },
  };
}

/** Finds runtime.pclntab by its header. */
function findTable() {
  const magic = Buffer.from([0xf1, 0xff, 0xff, 0xff, 0, 0, 1, 8]);
  const found = [];
  for (let i = file.indexOf(magic); i >= 0; i = file.indexOf(magic, i + 1)) {
    const s = memory.segments.find((s) => s.at <= i && i < s.at + s.length);
    if (s) found.push(s.address + i - s.at);
  }
  if (found.length !== 1) fail(`${found.length} tables of functions instead of one`);
  const at = found[0];
  const word = (n) => memory.read32(at + 8 + 8 * n); // the upper half is 0
  const [count, , , names, units, files, pctab, functions] = [0, 1, 2, 3, 4, 5, 6, 7].map(word);
  if (!(72 <= names && names < units && units < files && files < pctab && pctab < functions)) {
    fail("an unknown layout of the table of functions");
  }
  return {
    pctab: at + pctab,
    pctabEnd: at + functions,
    functions() {
      const out = [];
      for (let i = 0; i < count; i++) {
        const f = at + functions + memory.read32(at + functions + 8 * i + 4);
        const field = (n) => memory.read32(f + 4 * n);
        if (field(0) !== memory.read32(at + functions + 8 * i)) fail("an unknown layout of functions");
        const pcdata = [];
        for (let n = field(7); n > 0; n--) pcdata.push(memory.read32(f + 44 + 4 * (n - 1)));
        const one = { at: f, pcsp: field(4), pcfile: field(5), pcln: field(6), pcdata };
        for (const offset of [one.pcsp, one.pcfile, one.pcln, ...pcdata]) {
          if (offset >= functions - pctab) fail("a table outside of the tables");
        }
        out.push(one);
      }
      return out;
    },
  };
}

/** The end of a table of pairs of varints: the value 0, but for the first pair. */
function endOfTable(start) {
  let at = start;
  const varint = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = memory.read8(at++);
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  for (let first = true; ; first = false) {
    if (varint() === 0 && !first) return at;
    varint();
  }
}

function fail(what) {
  console.error(`strip-lines: ${from} has ${what}; is this another version of Go?`);
  process.exit(1);
}
