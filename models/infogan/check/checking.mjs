// What the JavaScript checks do, in Node and in a page: compare test vectors and accuracy with accuracy.json.
import { readIdx, readTensor, toPlanes } from './reading.mjs';

// The largest one, of numbers above 1 relative. NaN compares false with everything, so it must lose by the same comparison.
function difference(found, expected) {
  if (found.length !== expected.length) return Infinity;
  return expected.reduce((most, value, i) => {
    const each = Math.abs(Number(found[i]) - Number(value)) / Math.max(1, Math.abs(Number(value)));
    return each <= most ? most : each;
  }, 0);
}

function nearest(rows, centres) {
  const width = centres[0].length, far = (n) => centres.map((c) => c.reduce((sum, v, i) => sum + (v - rows[n * width + i]) ** 2, 0));
  return Int32Array.from({ length: rows.length / width }, (_, n) => { const all = far(n); return all.indexOf(Math.min(...all)); });
}

const sha256 = async (bytes) => [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))]
  .map((byte) => byte.toString(16).padStart(2, '0')).join('');

// read(path) gives a file of the bundle, or 'images' or 'labels' of the data, or null; load(bytes) a function from pixels and sizes to
// outputs; say(line) tells; keep(name, values), where given, keeps outputs. Returns whether nothing missed.
export async function check(runtime, version, family, { read, load, say, keep }) {
  const json = async (path) => JSON.parse(new TextDecoder().decode(await read(path)));
  const facts = await json('accuracy.json'), naming = await json('clusters.json'), { channels, height, width } = facts.input;
  const allowed = facts.tolerances[family], expected = facts.variants[facts.model], model = await read(facts.model);
  if (await sha256(model) !== expected.sha256) throw new Error(`MISS: the SHA-256 of ${facts.model} is not that of accuracy.json`);
  let ok = true, worst = 0;
  const run = await load(model);
  for (let set = 0; set < 3; set++) {
    const { dims, data } = readTensor(await read(`test_data_set_${set}/input_0.pb`)), found = await run(data, dims);
    for (const [i, name] of facts.outputs.entries()) {
      const each = difference(found[name], readTensor(await read(`test_data_set_${set}/output_${i}.pb`)).data);
      ok &&= each <= allowed.outputs[name];
      worst = each <= worst ? worst : each;
    }
  }
  say(`${runtime} ${version}: largest difference of test vectors ${worst.toExponential(1)}, vectors ${ok ? 'pass' : 'MISS'}`);
  const images = await readIdx(await read('images')), found = {}, size = channels * height * width, start = performance.now();
  const pixels = toPlanes(images.values, channels, height * width), floats = Float32Array.from(pixels, (value) => value / 255);
  for (let n = 0; n < images.count; n += 64) {
    const rows = Math.min(64, images.count - n), batch = await run(floats.slice(n * size, (n + rows) * size), [rows, channels, height, width]);
    for (const name of ['embedding', 'probability', 'cluster'].filter((each) => each in batch)) (found[name] ??= []).push(...batch[name]);
  }
  const seconds = (performance.now() - start) / 1000, file = await read('labels'), labels = file && (await readIdx(file)).values;
  const clusters = naming.centres ? nearest(found.embedding, naming.centres) : found.cluster?.map(Number);
  const named = clusters && naming.class_of_cluster && labels;
  const accuracy = named && clusters.reduce((right, c, i) => right + (naming.class_of_cluster[c] === labels[i]), 0) / images.count;
  const bytes = Uint8Array.from([...pixels, ...(labels ? [...labels].flatMap((v) => (facts.label_type === 'u1' ? [v] : [v & 255, v >> 8])) : [])]);
  const judged = await sha256(bytes) === facts.images.sha256 && expected.accuracy !== null;
  ok &&= !judged || Math.abs(accuracy - expected.accuracy) <= allowed.accuracy;
  say(`${runtime} ${version}: ${images.count} images, ${Math.round(images.count / seconds)} images/s, accuracy ${
    named ? `${(100 * accuracy).toFixed(2)} %` : 'unknown'} (${judged ? `expected ${(100 * expected.accuracy).toFixed(2)} %` : "of other images than accuracy.json's"})`);
  for (const name of ['embedding', 'probability'].filter((each) => each in found)) await keep?.(name, Float32Array.from(found[name]));
  if (clusters) await keep?.('cluster', Int32Array.from(clusters));
  await keep?.('result.json', new TextEncoder().encode(JSON.stringify({ version, images: images.count, difference: worst, seconds })));
  return !!ok;
}
