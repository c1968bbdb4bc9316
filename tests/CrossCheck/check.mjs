// Checks exported models with onnxruntime-web: node check.mjs FOLDER
// FOLDER holds models/NAME.onnx, digits.npy (uint8 [N,28,28]) and the references ours/NAME.npy, NAME.probabilities.npy and NAME.clusters.npy,
// one for each output of each model; and networks/NAME/ with model.onnx, in.INPUT.npy and out.OUTPUT.npy. Prints PASS, FAIL or SKIP lines; ends with 1 if any failed.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as ort from 'onnxruntime-web';

const TOLERANCE = 1e-5;
// Behind a float32 encoder a mixture's probabilities magnify the last bits of the embedding: unit-length rows make covariances nearly singular,
// and densities then turn by thousands of nats per unit. Clusters must still be equal.
const MAGNIFIED_TOLERANCE = 1e-3;
// Of whole networks TorchSharp's own results are the reference: float32 sums in another order.
const NETWORK_TOLERANCE = 1e-4;
const ENDINGS = { embedding: '.npy', probability: '.probabilities.npy', cluster: '.clusters.npy' };
const INPUTS = { BigInt64Array: 'int64', Float32Array: 'float32', Uint8Array: 'uint8' };
const ELEMENTS = { '|u1': Uint8Array, '<f4': Float32Array, '<i8': BigInt64Array };

// Format 1.0 of NumPy: 10 bytes, of which the last two are the length of the header that follows, then the values.
function readNpy(path) {
  const file = readFileSync(path);
  const start = 10 + file.readUInt16LE(8);
  const header = file.toString('latin1', 10, start);
  const values = file.buffer.slice(file.byteOffset + start, file.byteOffset + file.length);
  return {
    values: new ELEMENTS[/'descr': '([^']+)'/.exec(header)[1]](values),
    shape: [.../'shape': \(([^)]*)\)/.exec(header)[1].matchAll(/\d+/g)].map(Number),
  };
}

// What is wrong with an output, or how well it agrees.
function compare(name, theirs, ours, tolerance) {
  if (theirs.data.constructor !== ours.values.constructor || theirs.dims.join() !== ours.shape.join()) {
    return { ok: false, detail: `${name} is ${theirs.type} [${theirs.dims}], expected [${ours.shape}]` };
  }
  if (name === 'cluster') {
    const different = ours.values.filter((cluster, i) => cluster !== theirs.data[i]).length;
    return { ok: different === 0, detail: `cluster [${ours.shape}], ${different} differ` };
  }
  // NaN compares false with everything, so it must fail by the same comparison.
  const worst = Array.from(ours.values).reduce((most, value, i) => {
    const difference = Math.abs(Number(value - theirs.data[i]));
    return difference <= most ? most : difference;
  }, 0);
  return { ok: worst <= tolerance, detail: `${name} [${ours.shape}], largest difference ${worst.toExponential(1)}` };
}

async function check(folder, model, images) {
  const session = await ort.InferenceSession.create(new Uint8Array(readFileSync(join(folder, 'models', `${model}.onnx`))));
  const outputs = await session.run({ image: images });
  // Outputs beyond the contract, such as a feature, have no reference here.
  const results = session.outputNames.filter((name) => name in ENDINGS).map((name) => {
    const reference = join(folder, 'ours', model + ENDINGS[name]);
    return existsSync(reference)
      ? compare(name, outputs[name], readNpy(reference), name === 'probability' && session.outputNames.includes('embedding') ? MAGNIFIED_TOLERANCE : TOLERANCE)
      : { ok: true, missing: true, detail: `${name} has no reference` };
  });
  await session.release();
  if (results.every((result) => result.missing)) {
    return { verdict: 'SKIP', detail: 'no reference (check.py writes it, with onnx)' };
  }
  return {
    verdict: results.every((result) => result.ok && !result.missing) ? 'PASS' : 'FAIL',
    detail: results.map((result) => result.detail).join('; '),
  };
}

// A network with inputs and outputs of any name.
async function checkNetwork(folder) {
  const session = await ort.InferenceSession.create(new Uint8Array(readFileSync(join(folder, 'model.onnx'))));
  const inputs = Object.fromEntries(session.inputNames.map((name) => {
    const { values, shape } = readNpy(join(folder, `in.${name}.npy`));
    return [name, new ort.Tensor(INPUTS[values.constructor.name], values, shape)];
  }));
  const outputs = await session.run(inputs);
  const known = session.outputNames.filter((name) => existsSync(join(folder, `out.${name}.npy`)));
  const results = known.map((name) => compare(name, outputs[name], readNpy(join(folder, `out.${name}.npy`)), NETWORK_TOLERANCE));
  await session.release();
  return { verdict: results.length > 0 && results.every((result) => result.ok) ? 'PASS' : 'FAIL', detail: results.map((result) => result.detail).join('; ') };
}

const folder = process.argv[2];
ort.env.wasm.numThreads = 1;
const digits = readNpy(join(folder, 'digits.npy'));
const [count, height, width] = digits.shape;
const images = new ort.Tensor('float32', Float32Array.from(digits.values, (value) => value / 255), [count, 1, height, width]);
let failed = false;
function say(name, { verdict, detail }) {
  console.log(`${verdict} onnxruntime-web ${ort.env.versions.web}, ${name}: ${detail}`);
  failed ||= verdict === 'FAIL';
}
const broken = (error) => ({ verdict: 'FAIL', detail: error.message.split('\n')[0] });
for (const file of readdirSync(join(folder, 'models')).sort()) {
  const model = file.replace(/\.onnx$/, '');
  say(model, await check(folder, model, images).catch(broken));
}
for (const network of readdirSync(join(folder, 'networks')).sort()) {
  say(`network ${network}`, await checkNetwork(join(folder, 'networks', network)).catch(broken));
}
process.exitCode = failed ? 1 : 0;
