// The page: what is drawn or dropped goes through the model, and what it finds is shown.
import { openModel } from "./model.js";
import { fitPicture, fromRgba } from "./fit.js";
import { readFiles, npy } from "./files.js";
import { makePad } from "./pad.js";
import { makeMap } from "./map.js";
import { makeTeacher } from "./teach.js";

const at = id => document.getElementById(id), format = new Intl.NumberFormat("en");
const batchSize = 64, mostShown = 48;
let model = null, map = null, picture = null, isWaiting = false, last = null, around = null, rows = [];

function say(text) {
  at("state").textContent = text;
}

// Draws bytes [C*H*W] as the model sees them.
function drawImage(canvas, { data, width, height, channels }) {
  [canvas.width, canvas.height] = [width, height];
  const context = canvas.getContext("2d"), pixels = context.createImageData(width, height), size = width * height;
  for (let i = 0; i < size; i++) {
    for (let channel = 0; channel < 3; channel++) pixels.data[4 * i + channel] = data[(channels === 3 ? channel : 0) * size + i];
    pixels.data[4 * i + 3] = 255;
  }
  context.putImageData(pixels, 0, 0);
}

function tile(list, text, draw) {
  const item = document.createElement("li"), canvas = document.createElement("canvas");
  canvas.className = "tile";
  draw(canvas);
  item.append(canvas, text);
  list.append(item);
}

// A picture as the model sees it, and what the model makes of it.
async function look({ width, height, data }) {
  const image = fitPicture(fromRgba(width, height, data, model.page.channels), model.page);
  return { image, row: (await model.run([image]))[0] };
}

// The answer follows the pen frame by frame; what lies around it, ten times a second.
async function show() {
  isWaiting = false;
  if (!model || !picture) return clear();
  const { page } = model, { image, row } = await look(picture), found = model.explain(row), isFar = found.distance > 1;
  at("name").textContent = found.name;
  at("novelty").className = isFar ? "far" : "note";
  at("novelty").textContent = (isFar ? `Not like any ${page.thing} it knows` : "Like its training images")
    + `: novelty ${found.distance.toFixed(2)}; 99\u00a0% of training images have at most 1`;
  drawImage(at("seen"), { data: image, ...page });
  last = { row, found };
  around ??= setTimeout(() => showAround().catch(error => say(error.message)), 100);
}

async function showAround() {
  around = null;
  if (!last) return;
  const { row, found } = last, { page } = model;
  at("near").replaceChildren();
  for (const near of found.near) tile(at("near"), page.classes[model.labels[near]] ?? "", canvas => model.drawReference(canvas, near));
  map.draw(found.place);
  const seen = await model.parts(row);
  at("parts").replaceChildren();
  const plane = ({ data, side }) => canvas => drawImage(canvas,
    { data: data.map(value => 255 * Math.min(Math.max(value, 0), 1)), width: side, height: side, channels: page.channels });
  if (seen) {
    tile(at("parts"), "together", plane(seen.whole));
    for (const part of seen.parts) tile(at("parts"), `${part.part}: ${part.share.toFixed(2)}`, plane(part));
  }
}

function clear() {
  last = null;
  at("name").textContent = "-";
  [at("novelty").className, at("novelty").textContent] = ["note", "Draw something."];
  at("near").replaceChildren();
  at("parts").replaceChildren();
  at("seen").getContext("2d").clearRect(0, 0, at("seen").width, at("seen").height);
  map?.draw(null);
}

// At most once a frame, so that drawing stays smooth.
function drawn(pixels) {
  picture = pixels;
  if (!isWaiting) requestAnimationFrame(() => show().catch(error => say(error.message)));
  isWaiting = true;
}

async function runFiles(files) {
  rows = [];
  const begin = performance.now(), bad = [], { page } = model, progress = at("progress");
  progress.hidden = false;
  progress.removeAttribute("value");
  let batch = [];
  const flush = async () => {
    if (batch.length === 0) return;
    const found = await model.run(batch.map(({ image }) => image));
    found.forEach((row, i) => rows.push({ ...row, ...model.explain(row), file: batch[i].name }));
    batch = [];
    const seconds = (performance.now() - begin) / 1000;
    at("pace").textContent = `${format.format(rows.length)} images, ${format.format(Math.round(rows.length / seconds))} images/s`;
    await new Promise(requestAnimationFrame); // lets the page answer meanwhile
  };
  for await (const { name, picture, error } of readFiles(files, page.channels)) {
    try {
      if (error) throw new Error(error);
      batch.push({ name, image: fitPicture(picture, page) });
    } catch (wrong) {
      bad.push(`${name}: ${wrong.message}`);
    }
    if (batch.length === batchSize) await flush();
  }
  await flush();
  progress.hidden = true;
  at("pace").textContent += bad.length > 0 ? `; ${bad.length} could not be read, first ${bad[0]}` : "";
  showBatch();
}

function showBatch() {
  at("batch").hidden = rows.length === 0;
  const tally = new Map();
  for (const { name } of rows) tally.set(name, (tally.get(name) ?? 0) + 1);
  at("tally").replaceChildren(...[...tally].sort(([a], [b]) => a.localeCompare(b, "en", { numeric: true })).map(([name, count]) => {
    const line = document.createElement("tr"), head = Object.assign(document.createElement("th"), { scope: "row", textContent: name });
    line.append(head, Object.assign(document.createElement("td"), { textContent: format.format(count) }));
    return line;
  }));
  at("shown").replaceChildren();
  for (const { image, name } of rows.slice(0, mostShown)) {
    tile(at("shown"), name, canvas => drawImage(canvas, { data: image, ...model.page }));
  }
}

function save(name, content) {
  const link = Object.assign(document.createElement("a"), { download: name, href: URL.createObjectURL(new Blob([content])) });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

const quoted = text => /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;

async function bench() {
  const { width, height, channels } = model.page;
  const images = Array.from({ length: batchSize }, () => new Uint8Array(width * height * channels));
  await model.run(images);
  const begin = performance.now();
  let count = 0;
  for (; performance.now() - begin < 2000; count += batchSize) await model.run(images);
  const speed = Math.round(count / (performance.now() - begin) * 1000);
  at("measured").textContent = `${format.format(speed)} images/s at batch ${batchSize}, one thread`;
}

async function choose(name) {
  say("Loading the model ...");
  model = await openModel(`models/${name}`);
  const { page } = model;
  at("about").textContent = page.about;
  at("count").textContent = format.format(page.count);
  at("capsules").hidden = !page.hasDecoder;
  at("legend").replaceChildren(...page.classes.slice(0, 30).map((text, label) => {
    const entry = document.createElement("span"), mark = document.createElement("i");
    mark.style.background = page.colours[label];
    entry.append(mark, text);
    return entry;
  }));
  map = makeMap(at("map"), model);
  teacher.open(model);
  await show();
  say("");
  document.body.dataset.ready = name;
}

const pad = makePad(at("pad"), drawn);
const teacher = makeTeacher({
  take() {
    const drawing = picture && look(picture);
    if (picture) pad.clear();
    return drawing;
  },
  changed: () => show().catch(error => say(error.message)), draw: (canvas, image) => drawImage(canvas, { data: image, ...model.page }), say,
});
export const shown = () => model; // for tests
at("clear").addEventListener("click", () => pad.clear());
at("undo").addEventListener("click", () => pad.undo());
at("bench").addEventListener("click", () => model && bench());
at("input").addEventListener("click", event => { event.target.value = ""; }); // the same file again is a change too
at("input").addEventListener("change", event => model && runFiles([...event.target.files]));
for (const [kind, isOver] of [["dragenter", true], ["dragover", true], ["dragleave", false], ["drop", false]]) {
  at("drop").addEventListener(kind, event => {
    event.preventDefault();
    at("drop").classList.toggle("over", isOver);
    if (kind === "drop" && model) runFiles([...event.dataTransfer.files]);
  });
}
at("npy").addEventListener("click", () => save("embeddings.npy", npy(rows.map(row => row.embedding), model.page.dimension)));
const line = row => [quoted(row.file), quoted(row.name), row.cluster ?? "", row.distance.toFixed(4)].join(",");
at("csv").addEventListener("click", () => save("classes.csv", ["file,class,cluster,novelty", ...rows.map(line), ""].join("\n")));

const names = await (await fetch("site.json")).json();
at("models").append(...names.map(name => new Option(name, name)));
at("choice").hidden = names.length < 2;
at("models").addEventListener("change", event => choose(event.target.value).catch(error => say(error.message)));
await choose(names[0]).catch(error => say(error.message));
navigator.serviceWorker?.register("sw.js").catch(() => {}); // only over https and on this machine
