// Does training in the browser's runtime follow the CPU's? Runs steps of the training graphs in FOLDER/{contrast,classes} on the same made
// batches in onnxruntime-node and onnxruntime-web; prints a line PASS or FAIL for each.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as node from 'onnxruntime-node';
import * as web from 'onnxruntime-web';

const folder = process.argv[2], steps = 10, rows = 16, allowed = 1e-4;
web.env.wasm.numThreads = 1;

for (const kind of ['contrast', 'classes']) {
  const model = await readFile(join(folder, kind, 'training.onnx')), start = await readState(join(folder, kind, 'start.safetensors'));
  const expected = await losses(node, model, start), found = await losses(web, new Uint8Array(model), start);
  const difference = Math.max(...expected.map((loss, i) => Math.abs(loss - found[i])));
  const moved = Math.abs(expected[0] - expected[steps - 1]);
  const verdict = difference <= allowed && moved > 0 ? 'PASS' : 'FAIL';
  console.log(`${verdict} training in onnxruntime-web, ${kind}: losses of ${steps} steps ${difference.toExponential(1)} from `
    + `onnxruntime-node's, ${expected[0].toFixed(3)} to ${expected[steps - 1].toFixed(3)}`);
  process.exitCode ||= verdict === 'FAIL' ? 1 : 0;
}

async function losses(runtime, model, start) {
  const session = await runtime.InferenceSession.create(model);
  let state = Object.fromEntries(Object.entries(start).map(([name, { type, data, dims }]) => [name, new runtime.Tensor(type, data, dims)]));
  const found = [];
  for (let step = 0; step < steps; step++) {
    const out = await session.run({ ...state, ...batch(runtime, session.inputNames, step) });
    found.push(Number(out.loss.data[0]));
    state = Object.fromEntries(Object.keys(state).map(name => [name, out[`next.${name}`]]));
  }
  return found;
}

// Blobs whose place is their class, the same in every runtime.
function batch(runtime, names, step) {
  const made = { learning_rate: new runtime.Tensor('float32', Float32Array.of(0.01), []) };
  for (const name of names.filter(name => ['image', 'view_1', 'view_2'].includes(name))) {
    const pixels = new Float32Array(rows * 784);
    for (let i = 0; i < rows; i++) {
      const [x, y] = [4 + (i * 7 + step) % 20, 4 + (i * 5 + (name === 'view_2' ? 1 : 0)) % 20];
      for (let p = 0; p < 784; p++) pixels[i * 784 + p] = Math.exp(-(((p % 28) - x) ** 2 + (Math.floor(p / 28) - y) ** 2) / 12);
    }
    made[name] = new runtime.Tensor('float32', pixels, [rows, 1, 28, 28]);
  }
  if (names.includes('target')) {
    made.target = new runtime.Tensor('int64', BigInt64Array.from({ length: rows }, (_, i) => BigInt(i % 10)), [rows]);
  }
  return made;
}

async function readState(path) {
  const bytes = await readFile(path), length = Number(bytes.readBigUInt64LE(0)), header = JSON.parse(bytes.subarray(8, 8 + length).toString());
  const types = { F32: ['float32', Float32Array], I64: ['int64', BigInt64Array] };
  return Object.fromEntries(Object.entries(header).filter(([name]) => name !== '__metadata__').map(([name, { dtype, shape, data_offsets }]) => {
    const part = Uint8Array.from(bytes.subarray(8 + length + data_offsets[0], 8 + length + data_offsets[1]));
    return [name, { type: types[dtype][0], data: new types[dtype][1](part.buffer), dims: shape }];
  }));
}
