// strip-lines.mjs IN OUT: takes the line tables out of a Go program in wasm.
//
// Go keeps, for each function, which file and line every instruction came from
// (runtime/symtab.go, cmd/link/internal/ld/pcln.go). Only stack traces read
// them, and they are a fifteenth of what a browser has to download. Without
// them a trace names functions and offsets; `go build` of the same commit
// without this step has the lines to these offsets. A table at offset 0 is none
// to the runtime, which then says "?:0".
//
// The tables that stay move together, and what then is nothing but zeros is left
// out of the file, since memory begins with zeros: a browser with little room
// keeps the file as it is, so that its own size counts, not only its compressed
// form. A layout that is not the one known here is an error, never a guess.
import { readFileSync, writeFileSync } from "node:fs";

const [from, to] = process.argv.slice(2);
const file = readFileSync(from);
const data = dataSection();
const memory = data.memory;
const table = functionTable();

const tables = Buffer.alloc(table.pctabEnd - table.pctab);
let length = 1;
const moved = new Map([[0, 0]]);
for (const f of table.functions) {
  keep(f.pcsp);
  for (const at of f.pcdata) keep(at);
  memory.writeUInt32LE(0, f.pcfile);
  memory.writeUInt32LE(0, f.pcln);
  memory.writeUInt32LE(0, f.startLine);
}
tables.copy(memory, table.pctab);
memory.fill(0, table.files, table.pctab);
writeFileSync(to, Buffer.concat([file.subarray(0, data.begin), dataWithoutZeros(), file.subarray(data.end)]));

/** Puts the table whose offset stands at this address behind those kept before, once. */
function keep(at) {
  const offset = memory.readUInt32LE(at);
  if (!moved.has(offset)) {
    const start = table.pctab + offset;
    const end = endOfTable(start);
    moved.set(offset, length);
    length += memory.copy(tables, length, start, end);
  }
  memory.writeUInt32LE(moved.get(offset), at);
}

/** The program's memory as its data section fills it, and where in the file that section stands. */
function dataSection() {
  if (file.readUInt32LE(0) !== 0x6d736100 || file.readUInt32LE(4) !== 1) fail("not wasm");
  let at = 8;
  const leb = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = file[at++];
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < file.length) {
    const begin = at;
    const id = file[at++];
    const size = leb();
    const end = at + size;
    if (id === 12) fail("a count of its data segments");
    if (id !== 11) {
      at = end;
      continue;
    }
    const segments = [];
    for (let count = leb(); count > 0; count--) {
      if (leb() !== 0 || file[at++] !== 0x41) fail("an unknown kind of data segment");
      const address = leb();
      if (file[at++] !== 0x0b) fail("an unknown data segment");
      const length = leb();
      segments.push({ address, bytes: file.subarray(at, at + length) });
      at += length;
    }
    const memory = Buffer.alloc(Math.max(...segments.map((s) => s.address + s.bytes.length)));
    for (const s of segments) s.bytes.copy(memory, s.address);
    return { memory, begin, end };
  }
  return fail("no data section");
}

/** The data section again, cut where there are only zeros. */
function dataWithoutZeros() {
  const least = 128; // a segment costs some ten bytes, and more once compressed; engines bound how many there are
  const segments = [];
  let end = 0; // of the last byte that is not zero
  let begin = -1;
  const close = () => {
    if (begin < 0) return;
    segments.push(Buffer.from([0, 0x41, ...signed(begin), 0x0b, ...unsigned(end - begin)]));
    segments.push(memory.subarray(begin, end));
  };
  for (let at = 0; at < memory.length; at++) {
    if (memory[at] === 0) continue;
    if (begin < 0 || at - end >= least) {
      close();
      begin = at;
    }
    end = at + 1;
  }
  close();
  const body = Buffer.concat([Buffer.from(unsigned(segments.length / 2)), ...segments]);
  return Buffer.concat([Buffer.from([11, ...unsigned(body.length)]), body]);
}

/** LEB128, unsigned. */
function unsigned(value) {
  const out = [];
  for (; value >= 0x80; value >>>= 7) out.push((value & 0x7f) | 0x80);
  return [...out, value];
}

/** LEB128, signed, of what is not negative: the highest bit of the last seven is the sign. */
function signed(value) {
  const out = unsigned(value);
  const last = out.length - 1;
  return out[last] & 0x40 ? [...out.slice(0, last), out[last] | 0x80, 0] : out;
}

/** Finds runtime.pclntab by its header: where its parts are, and the functions' entries. */
function functionTable() {
  const magic = Buffer.from([0xf1, 0xff, 0xff, 0xff, 0, 0, 1, 8]);
  const found = [];
  for (let i = memory.indexOf(magic); i >= 0; i = memory.indexOf(magic, i + 1)) found.push(i);
  if (found.length !== 1) fail(`${found.length} tables of functions instead of one`);
  const at = found[0];
  const word = (n) => memory.readUInt32LE(at + 8 + 8 * n); // the upper half is 0
  const [count, , , names, units, files, pctab, entries] = [0, 1, 2, 3, 4, 5, 6, 7].map(word);
  if (!(72 <= names && names < units && units < files && files < pctab && pctab < entries)) {
    fail("an unknown layout of the table of functions");
  }
  const functions = [];
  for (let i = 0; i < count; i++) {
    const f = at + entries + memory.readUInt32LE(at + entries + 8 * i + 4);
    const field = (n) => memory.readUInt32LE(f + 4 * n);
    if (field(0) !== memory.readUInt32LE(at + entries + 8 * i)) fail("an unknown layout of functions");
    const one = { pcsp: f + 16, pcfile: f + 20, pcln: f + 24, startLine: f + 36, pcdata: [] };
    for (let n = 0; n < field(7); n++) one.pcdata.push(f + 44 + 4 * n);
    for (const p of [one.pcsp, one.pcfile, one.pcln, ...one.pcdata]) {
      if (memory.readUInt32LE(p) >= entries - pctab) fail("a table outside of the tables");
    }
    functions.push(one);
  }
  return { files: at + files, pctab: at + pctab, pctabEnd: at + entries, functions };
}

/** The end of a table of pairs of varints: the value 0, but for the first pair. */
function endOfTable(start) {
  let at = start;
  const varint = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = memory[at++];
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
