// Pictures out of files: images, IDX (also .gz) and zip archives of them.
import { unzip, gunzipSync } from "./runtime/fflate.js";
import { fromRgba } from "./fit.js";

const isImage = name => /\.(png|jpe?g|webp|bmp|gif)$/i.test(name);

async function decode(blob, channels) {
  const bitmap = await createImageBitmap(blob, { premultiplyAlpha: "none", colorSpaceConversion: "none" });
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height), context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(bitmap, 0, 0);
  return fromRgba(bitmap.width, bitmap.height, context.getImageData(0, 0, bitmap.width, bitmap.height).data, channels);
}

// Images of an IDX file [N,H,W] of bytes (Y. LeCun).
function* readIdx(name, bytes, channels) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 16 || view.getUint32(0) !== 0x803) {
    const found = bytes.length < 16 ? `${bytes.length} bytes` : "another kind";
    throw new Error(`${name}: expected an IDX file of images (magic 0x00000803), found ${found}`);
  }
  const [count, height, width] = [4, 8, 12].map(at => view.getUint32(at)), size = width * height;
  if (bytes.length !== 16 + count * size) throw new Error(`${name}: expected ${16 + count * size} bytes, found ${bytes.length}`);
  for (let i = 0; i < count; i++) {
    const plane = bytes.subarray(16 + i * size, 16 + (i + 1) * size);
    yield { name: `${name}:${i}`, picture: { width, height, planes: Array(channels).fill(plane) } };
  }
}

const unpack = bytes => new Promise((resolve, reject) => unzip(bytes, (error, files) => error ? reject(error) : resolve(files)));

// Yields { name, picture } or, for what cannot be read, { name, error }.
export async function* readFiles(files, channels) {
  for (const file of files) {
    try {
      if (isImage(file.name)) {
        yield { name: file.name, picture: await decode(file, channels) };
        continue;
      }
      const bytes = new Uint8Array(await file.arrayBuffer()), isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b;
      if (bytes[0] === 0x50 && bytes[1] === 0x4b) {
        const inside = Object.entries(await unpack(bytes)).filter(([, content]) => content.length > 0);
        yield* readFiles(inside.map(([name, content]) => new File([content], name)), channels);
      } else {
        yield* readIdx(file.name, isPacked ? gunzipSync(bytes) : bytes, channels);
      }
    } catch (error) {
      yield { name: file.name, error: error.message };
    }
  }
}

// A .npy file of float32 [rows.length, width] (NumPy's format 1.0).
export function npy(rows, width) {
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows.length}, ${width}), }`;
  const header = text.padEnd(118 - 1) + "\n", bytes = new Uint8Array(10 + header.length + 4 * rows.length * width);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length, 0]);
  bytes.set(new TextEncoder().encode(header), 10);
  const view = new DataView(bytes.buffer, 10 + header.length);
  rows.forEach((row, i) => row.forEach((value, j) => view.setFloat32(4 * (i * width + j), value, true)));
  return bytes;
}
