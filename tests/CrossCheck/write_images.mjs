// Writes digits as other programs do: node write_images.mjs DIGITS.npy FOLDER. FOLDER/pngs/NNNNN.png by node's zlib, and FOLDER/CODEC.parquet in the shape of Hugging Face's datasets
// (a struct of bytes and path) by DuckDB.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';

function crc32(bytes) {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) {
      crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
    }
  }
  return ~crc >>> 0;
}

function chunk(type, content) {
  const bytes = Buffer.alloc(12 + content.length);
  bytes.writeUInt32BE(content.length);
  bytes.write(type, 4, 'latin1');
  content.copy(bytes, 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, 8 + content.length)), 8 + content.length);
  return bytes;
}

const [source, folder] = process.argv.slice(2);
const file = readFileSync(source);
const pixels = file.subarray(10 + file.readUInt16LE(8));
const header = Buffer.from([0, 0, 0, 28, 0, 0, 0, 28, 8, 0, 0, 0, 0]);
mkdirSync(`${folder}/pngs`, { recursive: true });
for (let i = 0; i < pixels.length / 784; i++) {
  const rows = Buffer.alloc(28 * 29);
  for (let y = 0; y < 28; y++) {
    pixels.copy(rows, y * 29 + 1, i * 784 + y * 28, i * 784 + (y + 1) * 28);
  }
  writeFileSync(`${folder}/pngs/${String(i).padStart(5, '0')}.png`, Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0)),
  ]));
}
const duck = await (await DuckDBInstance.create(':memory:')).connect();
for (const codec of ['snappy', 'zstd', 'gzip', 'lz4_raw', 'brotli', 'uncompressed']) {
  await duck.run(`COPY (SELECT {'bytes': content, 'path': parse_filename(filename)} AS image FROM read_blob('${folder}/pngs/*.png') ORDER BY filename) TO '${folder}/${codec}.parquet' (FORMAT parquet, COMPRESSION ${codec})`);
}
