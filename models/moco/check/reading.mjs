// Reads what a check needs: tensors of ONNX's test vectors and IDX files.

// A TensorProto: field 1 holds the sizes, 2 the element type, 9 the elements.
export function readTensor(data) {
  let at = 0, kind = 1, raw = new ArrayBuffer(0);
  const dims = [];
  const number = () => {
    for (let value = 0, unit = 1; ; unit *= 128) {
      value += (data[at] & 127) * unit;
      if (data[at++] < 128) return value;
    }
  };
  while (at < data.length) {
    const key = number(), first = number(), end = at + first;
    if ((key & 7) === 0) {
      if (key >> 3 === 1) dims.push(first);
      if (key >> 3 === 2) kind = first;
      continue;
    }
    if (key >> 3 === 9) raw = data.slice(at, end).buffer;
    while (key >> 3 === 1 && at < end) dims.push(number());
    at = end;
  }
  return { dims, data: new { 1: Float32Array, 7: BigInt64Array, 11: Float64Array }[kind](raw) };
}

// The rows and elements of an IDX file, which may be packed by gzip.
export async function readIdx(bytes) {
  if (bytes[0] === 0x1f) {
    bytes = new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))).arrayBuffer());
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset), start = 4 + 4 * bytes[3], count = view.getInt32(4);
  const values = bytes[2] === 8 ? bytes.subarray(start) : Int32Array.from({ length: count }, (_, i) => view.getInt32(start + 4 * i));
  return { count, values };
}

// From rows of [H,W,C], as files have them, to [C,H,W], as models take them.
export function toPlanes(bytes, channels, pixels) {
  if (channels === 1) return bytes;
  return bytes.map((_, i) => {
    const image = Math.floor(i / (channels * pixels)), rest = i % (channels * pixels);
    return bytes[image * channels * pixels + (rest % pixels) * channels + Math.floor(rest / pixels)];
  });
}
