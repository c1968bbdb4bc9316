// Tunes a linear layer on embeddings by a visitor's examples, in the browser's runtime. It is added to what the model says, and begins at
// zero. Half of each batch are training images with their classes, so that the model keeps what it knows.
import * as ort from "./runtime/ort.wasm.min.mjs";

const steps = 200, half = 16, floor = 0.01;

// Logarithms of shares, of which none is so small that no lesson could change it.
export const logShares = shares => Float32Array.from(shares, share => Math.log(Math.max(share, floor)));

// Brings embeddings to mean 0 and, over all columns, variance 1 on the training images [R,D].
function standardise({ page: { count, dimension }, vectors }) {
  const mean = new Float32Array(dimension);
  vectors.forEach((value, i) => { mean[i % dimension] += value / count; });
  let square = 0;
  vectors.forEach((value, i) => { square += (value - mean[i % dimension]) ** 2; });
  const scale = Math.sqrt(count * dimension / Math.max(square, 1e-12));
  return embedding => Float32Array.from(embedding, (value, i) => (value - mean[i]) * scale);
}

// Rows: the examples, then as many training images as batches ask for, evenly taken.
function inputs({ page: { count, dimension, classes }, vectors, labels }, examples, toUnit) {
  const taken = Math.min(count, steps * half), known = examples.map(example => example.known), target = examples.map(({ label }) => label);
  const rows = examples.map(({ embedding }) => toUnit(embedding));
  for (let i = 0; i < taken; i++) {
    const row = Math.floor(i * count / taken);
    rows.push(toUnit(vectors.subarray(row * dimension, (row + 1) * dimension)));
    known.push(logShares(classes.map((_, label) => label === labels[row] ? 1 : 0)));
    target.push(labels[row]);
  }
  // Neighbours in the list of training images lie far apart in time: 7919 is prime and has no part in their number.
  const order = Array.from({ length: 2 * half * steps }, (_, at) => {
    const step = Math.floor(at / (2 * half)), place = at % (2 * half);
    return place < half ? (step * half + place) % examples.length : examples.length + (step * half + place - half) * 7919 % taken;
  });
  const flat = lists => lists.flatMap(list => Array.from(list)), whole = numbers => BigInt64Array.from(numbers, BigInt);
  return {
    embedding: ["float32", Float32Array.from(flat(rows)), [rows.length, dimension]],
    known: ["float32", Float32Array.from(flat(known)), [rows.length, classes.length]],
    target: ["int64", whole(target), [rows.length]],
    order: ["int64", whole(order), [steps, 2 * half]],
    learning_rate: ["float32", Float32Array.from({ length: steps }, (_, i) => (1 + Math.cos(Math.PI * i / steps)) / dimension), [steps]],
    "head.weight": ["float32", new Float32Array(classes.length * dimension), [classes.length, dimension]],
    "head.bias": ["float32", new Float32Array(classes.length), [classes.length]],
    "head.weight.momentum": ["float32", new Float32Array(classes.length * dimension), [classes.length, dimension]],
    "head.bias.momentum": ["float32", new Float32Array(classes.length), [classes.length]],
    step: ["int64", whole([0]), []],
  };
}

// Trains by lesson.onnx of the model's folder. Gives what adds to the logits of an embedding, with the losses and what they came from.
export async function learn(model, examples) {
  const session = await ort.InferenceSession.create(`${model.folder}/lesson.onnx`, { executionProviders: ["wasm"] });
  const toUnit = standardise(model), given = inputs(model, examples, toUnit);
  const found = await session.run(Object.fromEntries(Object.entries(given).map(([name, parts]) => [name, new ort.Tensor(...parts)])));
  await session.release();
  const [weight, bias] = ["next.head.weight", "next.head.bias"].map(name => found[name].data), { dimension } = model.page;
  return {
    given, losses: Array.from(found.loss.data),
    logits: embedding => {
      const row = toUnit(embedding);
      return bias.map((value, label) => row.reduce((sum, each, i) => sum + each * weight[label * dimension + i], value));
    },
  };
}
