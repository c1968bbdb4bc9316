// Embeds IDX images with onnxruntime-node: node embed.mjs MODEL IMAGES.idx OUT.npy BATCH THREADS. Writes float32 [N,D] and prints the seconds from opening the images to the
// end of the file, without the start of node and of the session.
import { readFileSync, writeFileSync } from 'node:fs';
import * as ort from 'onnxruntime-node';

const [model, images, out, batchText, threads] = process.argv.slice(2);
const batch = Number(batchText);
const session = await ort.InferenceSession.create(model, { intraOpNumThreads: Number(threads), interOpNumThreads: 1 });
const start = process.hrtime.bigint();
const file = readFileSync(images);
const count = file.readUInt32BE(4);
let values = null;
let width = 0;
for (let first = 0; first < count; first += batch) {
  const size = Math.min(batch, count - first);
  const pixels = new Float32Array(size * 784);
  for (let i = 0, at = 16 + first * 784; i < pixels.length; i++, at++) {
    pixels[i] = file[at] / 255;
  }
  const { embedding } = await session.run({ image: new ort.Tensor('float32', pixels, [size, 1, 28, 28]) });
  width = embedding.dims[1];
  values ??= new Float32Array(count * width);
  values.set(embedding.data, first * width);
}
const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${count}, ${width}), }`.padEnd(117) + '\n';
const head = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 118, 0]);
writeFileSync(out, Buffer.concat([head, Buffer.from(text, 'latin1'), Buffer.from(values.buffer)]));
console.log(Number(process.hrtime.bigint() - start) / 1e9);
