// Reads embedding files with other people's readers: node read_embeddings.mjs STEM
// STEM.parquet, STEM.arrow and STEM.csv are read by DuckDB, apache-arrow and hyparquet and must hold the table of STEM.npy. Prints PASS or FAIL lines; ends with 1 if any failed.
import { readFileSync } from 'node:fs';
import { tableFromIPC } from 'apache-arrow';
import { DuckDBInstance } from '@duckdb/node-api';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';

const stem = process.argv[2];
const ELEMENTS = { '|u1': Uint8Array, '<f4': Float32Array, '<i8': BigInt64Array };
let failed = false;

function check(what, ok, detail = '') {
  console.log(`${ok ? 'PASS' : 'FAIL'} ${what}${detail === '' ? '' : `: ${detail}`}`);
  failed ||= !ok;
}

function readNpy(path) {
  const file = readFileSync(path);
  const start = 10 + file.readUInt16LE(8);
  return new ELEMENTS[/'descr': '([^']+)'/.exec(file.toString('latin1', 10, start))[1]](file.buffer.slice(file.byteOffset + start, file.byteOffset + file.length));
}

const names = readFileSync(`${stem}.names.txt`, 'utf8').split('\n').slice(0, -1);
const expected = {
  embedding: readNpy(`${stem}.npy`),
  probability: readNpy(`${stem}.probabilities.npy`),
  cluster: [...readNpy(`${stem}.clusters.npy`)].map(Number),
};
const width = expected.embedding.length / names.length;

// Object.is, so that a lost sign or a NaN would show.
const same = (left, right) => left.length === right.length && left.every((value, i) => Object.is(value, right[i]));

function compare(reader, rows) {
  check(`${reader} reads ${rows.length} names`, same(rows.map((row) => row.name), names));
  check(`${reader} reads the same clusters`, same(rows.map((row) => Number(row.cluster)), expected.cluster));
  for (const column of ['embedding', 'probability']) {
    check(`${reader} reads the same floats in ${column}`, same(rows.flatMap((row) => [...row[column]]), [...expected[column]]));
  }
}

const arrow = tableFromIPC(readFileSync(`${stem}.arrow`));
check(`apache-arrow sees the embedding as ${arrow.schema.fields.find((field) => field.name === 'embedding').type}`, `${arrow.schema.fields.find((field) => field.name === 'embedding').type}` === `FixedSizeList[${width}]<Float32>`);
compare('apache-arrow', arrow.toArray());
compare('hyparquet', await parquetReadObjects({ file: await asyncBufferFromFile(`${stem}.parquet`) }));

const duck = await (await DuckDBInstance.create(':memory:')).connect();
const rows = async (query) => (await duck.runAndReadAll(query)).getRowObjects();
compare('DuckDB', (await rows(`SELECT * FROM '${stem}.parquet'`)).map((row) => ({ ...row, embedding: row.embedding.items, probability: row.probability.items })));
const [{ distance }] = await rows(`SELECT array_distance(embedding::FLOAT[${width}], embedding::FLOAT[${width}]) AS distance FROM '${stem}.parquet' LIMIT 1`);
check('DuckDB takes the list as an array of fixed size', distance === 0, `distance to itself ${distance}`);
const [{ floats, count }] = await rows(`SELECT list(embedding_0::FLOAT) AS floats, count(*) AS count FROM read_csv('${stem}.csv')`);
check('DuckDB reads the csv', Number(count) === names.length && same(floats.items, names.map((_, row) => expected.embedding[row * width])), `${count} rows`);
process.exitCode = failed ? 1 : 0;
