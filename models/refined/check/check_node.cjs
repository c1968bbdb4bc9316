// Checks the bundle with ONNX Runtime for Node: node check_node.cjs BUNDLE DATA [OUT]
// (ONNXRUNTIME_NODE_INSTALL=skip npm install onnxruntime-node). DATA is a folder with IDX files, OUT a folder for outputs.
const { readdirSync, readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const ort = require('onnxruntime-node');

const [bundle, data, out] = process.argv.slice(2);
if (!data) {
  console.error('usage: node check_node.cjs BUNDLE DATA [OUT]');
  process.exit(2);
}

function read(path) {
  const whole = (file) => new Uint8Array(readFileSync(file)); // small files share a pool, which a view of bytes would show
  if (path !== 'images' && path !== 'labels') return whole(join(bundle, path));
  const file = readdirSync(data).filter((name) => name.includes(path) && name.includes('idx')).sort()[0];
  if (!file && path === 'images') throw new Error(`${data}: expected an IDX file of images (*images*idx*), found none`);
  return file ? whole(join(data, file)) : null;
}

async function load(model) {
  const session = await ort.InferenceSession.create(model, { executionProviders: ['cpu'] });
  return async (pixels, sizes) => {
    const outputs = await session.run({ image: new ort.Tensor('float32', pixels, sizes) });
    return Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, tensor.data]));
  };
}

const keep = out && ((name, values) => writeFileSync(join(out, name), new Uint8Array(values.buffer, values.byteOffset, values.byteLength)));
import('./checking.mjs')
  .then(({ check }) => check('onnxruntime-node', ort.env.versions.node ?? ort.env.versions.common, 'onnxruntime', { read, load, say: console.log, keep }))
  .then((ok) => { process.exitCode = ok ? 0 : 1; })
  .catch((error) => { console.error(error.message); process.exitCode = 1; });
