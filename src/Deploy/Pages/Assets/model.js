// One exported model in onnxruntime-web: images to embeddings, classes, nearest training images.
import * as ort from "./runtime/ort.wasm.min.mjs";
import { logShares } from "./lesson.js";

ort.env.wasm.wasmPaths = new URL("runtime/", import.meta.url).href;
ort.env.wasm.numThreads = 1; // several would need headers that a plain file server does not send
const neighbours = 10, voters = 20;

async function get(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: expected a file, the server says ${answer.status}`);
  return answer;
}

export async function openModel(folder) {
  const bytes = async name => (await get(`${folder}/${name}`)).arrayBuffer();
  const page = await (await get(`${folder}/page.json`)).json();
  const [file, vectors, sheet, decoder] = await Promise.all([bytes("model.onnx"), bytes("references.bin"),
    loadImage(`${folder}/images.png`), page.hasDecoder ? bytes("decoder.onnx") : null]);
  const open = model => ort.InferenceSession.create(model, { executionProviders: ["wasm"] });
  return new Model(folder, page, await open(file), decoder && await open(decoder), vectors, sheet);
}

const loadImage = address => new Promise((resolve, reject) => {
  const image = Object.assign(new Image(), { onload: () => resolve(image), onerror: () => reject(new Error(`${address}: no picture`)) });
  image.src = address;
});

// Indices of the smallest values, in ascending order: one pass, in which few values enter the list.
function nearest(values, count) {
  const found = [];
  for (let i = 0; i < values.length; i++) {
    if (found.length === count && values[i] >= values[found[count - 1]]) continue;
    let at = found.length;
    while (at > 0 && values[found[at - 1]] > values[i]) at--;
    found.splice(at, 0, i);
    found.length = Math.min(found.length, count);
  }
  return found;
}

class Model {
  constructor(folder, page, session, decoder, vectors, sheet) {
    Object.assign(this, { folder, page, session, decoder, sheet, lesson: null });
    const all = new Int16Array(vectors), size = page.count * page.dimension;
    this.vectors = Float32Array.from(all.subarray(0, size), value => value * page.scale); // [R,D]
    this.places = all.subarray(size, size + 2 * page.count); // [R,2], of the map
    this.labels = all.subarray(size + 2 * page.count); // [R]
  }

  // Runs images of bytes [C*H*W] each.
  async run(images) {
    const { channels, height, width, dimension } = this.page, size = channels * height * width;
    const input = new Float32Array(images.length * size);
    images.forEach((image, i) => image.forEach((value, j) => { input[i * size + j] = value / 255; }));
    const outputs = await this.session.run({ image: new ort.Tensor("float32", input, [images.length, channels, height, width]) });
    const clusters = outputs.cluster?.data, shares = outputs.probability, each = shares?.dims[1];
    return images.map((image, i) => ({
      image, embedding: outputs.embedding.data.slice(i * dimension, (i + 1) * dimension), cluster: clusters ? Number(clusters[i]) : null,
      probability: shares && shares.data.slice(i * each, (i + 1) * each),
      outputs: images.length === 1 ? outputs : null,
    }));
  }

  // Nearest training images, class, novelty and place on the map of an embedding.
  explain(row) {
    const { clusterClasses, classes, limit } = this.page, { far, order } = this.around(row.embedding), near = order.slice(0, neighbours);
    const label = this.lesson ? this.taught(row, order)
      : row.cluster !== null && clusterClasses ? clusterClasses[row.cluster] : this.vote(order);
    const weights = near.map(row => 1 / (far[row] + 1e-6)), total = weights.reduce((sum, weight) => sum + weight, 0);
    const place = [0, 1].map(axis => near.reduce((sum, row, i) => sum + weights[i] * this.places[2 * row + axis], 0) / total);
    return { label, name: classes[label] ?? "none", near, distance: far[near[0]] / limit, place };
  }

  // Distances of all training images [R], and the nearest ones.
  around(embedding) {
    const { count, dimension } = this.page, far = new Float32Array(count);
    for (let row = 0; row < count; row++) {
      let sum = 0;
      for (let i = 0, at = row * dimension; i < dimension; i++, at++) sum += (this.vectors[at] - embedding[i]) ** 2;
      far[row] = Math.sqrt(sum);
    }
    return { far, order: nearest(far, voters) };
  }

  // What the model says of itself: logarithms of the classes' shares, of its clusters or of the nearest training images, [K].
  known({ embedding, cluster, probability }, order = null) {
    const { clusterClasses, classes } = this.page, shares = new Float32Array(classes.length);
    if (cluster !== null && clusterClasses) {
      (probability ?? clusterClasses.map((_, k) => k === cluster ? 1 : 0)).forEach((share, k) => { shares[clusterClasses[k]] += share; });
    } else {
      for (const row of order ?? this.around(embedding).order) shares[this.labels[row]] += 1 / voters;
    }
    return logShares(shares);
  }

  // The class with what was taught added.
  taught(row, order) {
    const added = this.lesson.logits(row.embedding), logits = this.known(row, order).map((value, label) => value + added[label]);
    return logits.indexOf(Math.max(...logits));
  }

  vote(rows) {
    const votes = new Map();
    for (const row of rows) votes.set(this.labels[row], (votes.get(this.labels[row]) ?? 0) + 1);
    return [...votes].sort((a, b) => b[1] - a[1])[0][0];
  }

  // Of capsules: the reconstruction and the parts that are most present, as planes of [0,1].
  async parts({ outputs }) {
    if (!this.decoder) return null;
    const { pose, part_presence: presence, feature } = outputs, drawn = await this.decoder.run({ pose, presence, feature });
    const present = Array.from(presence.data), side = drawn.image.dims.at(-1), size = side * side * this.page.channels;
    const shown = present.map((share, part) => ({ part, share })).filter(({ share }) => share > 0.5).sort((a, b) => b.share - a.share);
    const plane = (data, at) => ({ side, data: data.slice(at * size, (at + 1) * size) });
    return { whole: plane(drawn.image.data, 0), parts: shown.map(({ part, share }) => ({ part, share, ...plane(drawn.part.data, part) })) };
  }

  // Draws a training image into a canvas.
  drawReference(canvas, row) {
    const { columns, width, height } = this.page;
    [canvas.width, canvas.height] = [width, height];
    const [left, top] = [row % columns * (width + 2) + 1, Math.floor(row / columns) * (height + 2) + 1];
    canvas.getContext("2d").drawImage(this.sheet, left, top, width, height, 0, 0, width, height);
  }
}
