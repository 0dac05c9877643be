// Packs a folder into a zip that is the same bytes each time: names sorted, no
// times, no attributes.
//
//   node scripts/zip.mjs FOLDER FILE.zip
import { readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deflateRawSync } from "node:zlib";

const [folder, target] = process.argv.slice(2);
if (!folder || !target) {
  console.error("usage: node scripts/zip.mjs FOLDER FILE.zip");
  process.exit(2);
}

// The first moment that the format can tell: 1980-01-01 00:00.
const DOS_TIME = 0;
const DOS_DATE = 0x21;
const UTF8_NAMES = 0x0800;
const DEFLATED = 8;
const CRC_TABLE = Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  return crc >>> 0;
});

const locals = [];
const centrals = [];
let offset = 0;
const files = list(folder);
for (const name of files) {
  const data = readFileSync(join(folder, name));
  const packed = deflateRawSync(data, { level: 9 });
  const nameBytes = Buffer.from(name, "utf8");
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0); // version needed: 2.0
  common.writeUInt16LE(UTF8_NAMES, 2);
  common.writeUInt16LE(DEFLATED, 4);
  common.writeUInt16LE(DOS_TIME, 6);
  common.writeUInt16LE(DOS_DATE, 8);
  common.writeUInt32LE(crc32(data), 10);
  common.writeUInt32LE(packed.length, 14);
  common.writeUInt32LE(data.length, 18);
  common.writeUInt16LE(nameBytes.length, 22);
  const local = Buffer.concat([Buffer.from("PK\x03\x04", "latin1"), common, nameBytes, packed]);
  const tail = Buffer.alloc(14);
  tail.writeUInt32LE(offset, 10);
  locals.push(local);
  centrals.push(
    Buffer.concat([Buffer.from("PK\x01\x02", "latin1"), Buffer.from([20, 0]), common, tail, nameBytes]),
  );
  offset += local.length;
}
const directory = Buffer.concat(centrals);
const end = Buffer.alloc(18);
end.writeUInt16LE(files.length, 4);
end.writeUInt16LE(files.length, 6);
end.writeUInt32LE(directory.length, 8);
end.writeUInt32LE(offset, 12);
const zip = Buffer.concat([...locals, directory, Buffer.from("PK\x05\x06", "latin1"), end]);
writeFileSync(`${target}.new`, zip);
renameSync(`${target}.new`, target);

/** All files below a folder, with slashes, sorted by their bytes. */
function list(root, below = "") {
  const names = [];
  for (const entry of readdirSync(join(root, below))) {
    const name = below ? `${below}/${entry}` : entry;
    if (statSync(join(root, name)).isDirectory()) names.push(...list(root, name));
    else names.push(name);
  }
  return names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

/** CRC-32 as zip wants it. */
function crc32(data) {
  let crc = 0xffffffff;
  for (const byte of data) crc = (crc >>> 8) ^ CRC_TABLE[(crc ^ byte) & 0xff];
  return (crc ^ 0xffffffff) >>> 0;
}
