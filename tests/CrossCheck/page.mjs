// Uses a site of 'uvl page' in a real browser as a visitor would: node page.mjs SITE IDX-IMAGES [SCREENSHOTS]
// Drawing gives the digit, files are embedded and named, ten examples teach it, it works offline, by keyboard and on a phone, axe finds no barrier, nothing foreign is
// asked for. Prints PASS or FAIL lines.
import { createServer } from 'node:http';
import { existsSync, readFileSync, statSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { extname, join } from 'node:path';
import { chromium } from 'playwright-core';

const [site, idx, shots] = process.argv.slice(2);
const browserPath = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/google-chrome'].find(known => known && existsSync(known));
if (!browserPath) {
  console.log('SKIP page: no Chromium (Debian: chromium)');
  process.exit(0);
}
let failed = false;
const say = (ok, what) => {
  failed ||= !ok;
  console.log(`${ok ? 'PASS' : 'FAIL'} page: ${what}`);
};

const kinds = { '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript', '.css': 'text/css', '.wasm': 'application/wasm',
  '.json': 'application/json', '.png': 'image/png' };
const server = createServer((request, answer) => {
  const path = join(site, decodeURIComponent(new URL(request.url, 'http://here').pathname).replace(/\/$/, '/index.html'));
  if (!existsSync(path) || !statSync(path).isFile()) return answer.writeHead(404).end();
  answer.writeHead(200, { 'content-type': kinds[extname(path)] ?? 'application/octet-stream' }).end(readFileSync(path));
});
await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
const address = `http://127.0.0.1:${server.address().port}/`;

const browser = await chromium.launch({ executablePath: browserPath, args: ['--no-sandbox'] });
const requests = [], complaints = [];
const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
async function open(where, options) {
  const page = options ? await browser.newPage(options) : await where.newPage();
  page.on('request', request => requests.push(request.url()));
  page.on('console', message => ['error', 'warning'].includes(message.type()) && complaints.push(message.text()));
  page.on('pageerror', error => complaints.push(String(error)));
  await page.goto(address);
  await page.waitForSelector('body[data-ready]', { timeout: 60000 });
  return page;
}
const page = await open(context);
const name = () => page.locator('#name').textContent();
const answered = () => page.evaluate(() => new Promise(done => requestAnimationFrame(() => setTimeout(done, 300))));

// A digit as polylines in a square of 1.
async function draw(lines) {
  await page.click('#clear');
  await page.evaluate(() => scrollTo(0, 0));
  const box = await page.locator('#pad').boundingBox(), place = ([x, y]) => [box.x + x * box.width, box.y + y * box.height];
  for (const [first, ...rest] of lines) {
    await page.mouse.move(...place(first));
    await page.mouse.down();
    for (const point of rest) await page.mouse.move(...place(point), { steps: 6 });
    await page.mouse.up();
  }
  await answered();
}
const circle = (x, y, wide, tall) => Array.from({ length: 25 }, (_, i) => [x + wide * Math.sin(i * Math.PI / 12), y - tall * Math.cos(i * Math.PI / 12)]);
const digits = {
  0: [circle(.5, .5, .2, .32)], 1: [[[.52, .15], [.48, .85]]], 7: [[[.28, .2], [.72, .2], [.45, .85]]],
  4: [[[.35, .15], [.3, .52], [.7, .52]], [[.66, .15], [.62, .85]]],
  3: [[[.3, .2], [.6, .17], [.68, .32], [.5, .48], [.7, .62], [.62, .82], [.28, .82]]],
};
const read = [];
for (const [digit, lines] of Object.entries(digits)) {
  await draw(lines);
  read.push([digit, await name()]);
}
say(read.every(([digit, found]) => digit === found), `drawing gives the digit (${read.map(pair => pair.join(' as ')).join(', ')})`);
say(await page.locator('#near li').count() === 10, 'ten nearest training images are shown');
if (shots) await page.screenshot({ path: join(shots, 'page-drawn.png'), fullPage: true });
await draw([[[.05, .05], [.95, .95]], [[.95, .05], [.05, .95]], [[.05, .5], [.95, .5]], [[.5, .05], [.5, .95]], [[.2, .1], [.9, .3]]]);
say((await page.locator('#novelty').textContent()).startsWith('Not like any digit'), `a scribble is like no digit ("${await page.locator('#novelty').textContent()}")`);

await page.click('#clear');
await page.focus('#pad');
for (const key of [...Array(12).fill('ArrowUp'), ' ', ...Array(24).fill('ArrowDown'), ' ']) await page.keyboard.press(key);
await answered();
say(await name() === '1', `the keyboard draws a 1 (${await name()})`);

// Every frame while drawing, without a pause that a person would see; the best of three drawings, as the machine may have other work.
const stroke = () => page.evaluate(() => new Promise(done => {
  const pad = document.getElementById('pad'), box = pad.getBoundingClientRect(), times = [];
  const event = (type, i) => pad.dispatchEvent(new PointerEvent(type, { pointerId: 1, clientX: box.left + 80 + 60 * Math.sin(i / 9),
    clientY: box.top + 40 + i, bubbles: true }));
  pad.setPointerCapture = () => {};
  event('pointerdown', 0);
  const step = (time, i = times.length) => {
    times.push(time);
    if (i < 120) { event('pointermove', i); requestAnimationFrame(step); } else { event('pointerup', i); done(times); }
  };
  requestAnimationFrame(step);
}));
const gapsOf = frames => frames.slice(1).map((time, i) => time - frames[i]).sort((a, b) => a - b);
const at = (gaps, share) => gaps[Math.floor(gaps.length * share)];
let gaps = gapsOf(await stroke());
for (let again = 0; again < 2 && at(gaps, .5) >= 25; again++) gaps = gapsOf(await stroke());
say(at(gaps, .5) < 25, `drawing: a frame each ${at(gaps, .5).toFixed(1)} ms in the middle, ${at(gaps, .95).toFixed(1)} ms at 95 %`);

// Files: the same classes as their labels, as often as the model says.
await page.setInputFiles('#input', idx);
const labels = readFileSync(idx.replace('images-idx3', 'labels-idx1')).subarray(8);
await page.waitForSelector('#batch:not([hidden])', { timeout: 300000 });
const [csv] = await Promise.all([page.waitForEvent('download'), page.click('#csv')]);
const lines = readFileSync(await csv.path(), 'utf8').trim().split('\n').slice(1);
const right = lines.filter((line, i) => line.split(',')[1] === String(labels[i])).length;
say(lines.length === labels.length && right / labels.length > .97,
  `${lines.length} images of an IDX file, ${(100 * right / labels.length).toFixed(2)} % as labelled (${await page.locator('#pace').textContent()})`);
const [npy] = await Promise.all([page.waitForEvent('download'), page.click('#npy')]);
const bytes = readFileSync(await npy.path()), head = bytes.subarray(10, 128).toString();
const [, rows, width] = head.match(/'<f4'.*\((\d+), (\d+)\)/) ?? [];
say(Number(rows) === lines.length && bytes.length === 128 + 4 * rows * width, `.npy of ${rows} x ${width}`);
await page.setInputFiles('#input', { name: 'broken.png', mimeType: 'image/png', buffer: Buffer.from('no picture') });
await page.waitForFunction(() => document.getElementById('pace').textContent.includes('could not be read'));
say((await page.locator('#pace').textContent()).includes('broken.png'), 'a file that is no picture is named');

// A lesson: ten triangles of a visitor who calls them 4, by button and by key. Its losses are those of ONNX Runtime on the processor.
const vary = (lines, i) => lines.map(points => points.map(([x, y]) => [.5 + (x - .5) * (.8 + .05 * (i % 5)) + .02 * (i % 3 - 1),
  .5 + (y - .5) * (.8 + .04 * (i % 4)) + .02 * (i % 2)]));
const triangle = [[[.5, .2], [.25, .75], [.75, .75], [.5, .2]]];
async function answers() {
  const found = [];
  for (const lines of [vary(triangle, 7), vary(triangle, 11), ...Object.values(digits)]) {
    await draw(lines);
    found.push(await name());
  }
  return found.join(' ');
}
async function accuracy() {
  await page.evaluate(() => { document.getElementById('pace').textContent = ''; document.getElementById('input').value = ''; });
  await page.setInputFiles('#input', idx);
  await page.waitForFunction(count => document.getElementById('progress').hidden
    && document.getElementById('pace').textContent.startsWith(count), new Intl.NumberFormat('en').format(labels.length), { timeout: 300000 });
  const [table] = await Promise.all([page.waitForEvent('download'), page.click('#csv')]);
  const named = readFileSync(await table.path(), 'utf8').trim().split('\n').slice(1);
  return named.filter((line, i) => line.split(',')[1] === String(labels[i])).length / labels.length;
}
const untaught = await answers();
await page.keyboard.press('4');
say(await page.locator('#examples li').count() === 0, 'a key takes no example while the lesson is closed');
await page.click('#clear');
await page.click('#lesson summary');
await page.click('#labels button >> text="4"');
say((await page.locator('#taught').textContent()).startsWith('Draw a digit first') && await page.locator('#learn').isDisabled(),
  'a lesson needs a drawing');
for (let i = 0; i < 10; i++) {
  await draw(vary(triangle, i));
  if (i % 2 === 0) await page.click('#labels button >> text="4"'); else await page.keyboard.press('4');
  await page.waitForFunction(count => document.querySelectorAll('#examples li').length === count, i + 1);
}
say(await page.locator('#examples li').count() === 10, `ten examples are kept (${await page.locator('#taught').textContent()})`);
if (shots) await page.screenshot({ path: join(shots, 'page-examples.png'), fullPage: true });
await page.focus('#learn');
await page.keyboard.press('Enter');
await page.waitForSelector('#taught[data-seconds]');
const seconds = Number(await page.getAttribute('#taught', 'data-seconds'));
say(seconds <= 2, `ten examples are learned in ${seconds.toFixed(2)} s (${await page.locator('#taught').textContent()})`);
const { given, losses } = await page.evaluate(async () => {
  const { given, losses } = (await import('./page.js')).shown().lesson;
  return { losses, given: Object.entries(given).map(([name, [type, data, dims]]) => [name, type, Array.from(data, Number), dims]) };
});
const node = await import('onnxruntime-node');
const lesson = await node.InferenceSession.create(join(site, 'models', JSON.parse(readFileSync(join(site, 'site.json')))[0], 'lesson.onnx'));
const { loss } = await lesson.run(Object.fromEntries(given.map(([name, type, data, dims]) => [name,
  new node.Tensor(type, type === 'int64' ? BigInt64Array.from(data, BigInt) : Float32Array.from(data), dims)])));
const apart = Math.max(...losses.map((each, i) => Math.abs(each - loss.data[i])));
say(apart <= 1e-4 && losses.length === 200 && losses.at(-1) < losses[0] / 4,
  `losses of ${losses.length} steps are ${apart.toExponential(1)} from onnxruntime-node's, ${losses[0].toFixed(3)} to ${losses.at(-1).toFixed(3)}`);
const taught = await answers();
say(taught.startsWith('4 4 ') && taught.slice(4) === untaught.slice(4) && untaught.slice(0, 3) !== '4 4',
  `two other triangles and five digits: ${untaught} before the lesson, ${taught} after it`);
const kept = await accuracy();
say(kept > right / labels.length - .005, `after the lesson ${(100 * kept).toFixed(2)} % of the images as labelled`);
await page.click('#examples button >> nth=0');
say(await page.locator('#examples li').count() === 9, 'an example can be taken back');
await page.click('#forget');
say(await answers() === untaught && await page.locator('#examples li').count() === 0 && await accuracy() === right / labels.length,
  'Forget gives the answers of before');

await page.click('#bench');
await page.waitForFunction(() => document.getElementById('measured').textContent !== '', { timeout: 60000 });
say(true, `benchmark: ${await page.locator('#measured').textContent()}`);

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
for (const [colorScheme, width] of [['light', 390], ['dark', 390], ['light', 1280], ['dark', 1920]]) {
  const screen = await open(null, { viewport: { width, height: 900 }, colorScheme });
  if (width === 390) await screen.click('#lesson summary');
  await screen.evaluate(axe);
  const { violations } = await screen.evaluate(() => axe.run());
  const over = await screen.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  say(over <= 0 && violations.length === 0, `${width} px wide, ${colorScheme}: fits (${over} px over), no barrier found`
    + violations.map(each => ` ${each.id}: ${each.nodes[0].target}`));
  if (shots) await screen.screenshot({ path: join(shots, `page-${width}-${colorScheme}.png`), fullPage: true });
  await screen.close();
}

// Once it was open, it needs no server.
await page.evaluate(() => navigator.serviceWorker.ready);
const before = Date.now();
server.close();
server.closeAllConnections();
await page.reload();
await page.waitForSelector('body[data-ready]', { timeout: 30000 });
const ready = (Date.now() - before) / 1000;
await draw(digits[7]);
say(await name() === '7', `works offline, ready ${ready.toFixed(2)} s after a reload`);
for (const model of await page.locator('#models option').allTextContents()) {
  await page.evaluate(wanted => { document.body.dataset.ready = ''; const list = document.getElementById('models'); list.value = wanted;
    list.dispatchEvent(new Event('change')); }, model);
  await page.waitForSelector(`body[data-ready="${model}"]`);
  await draw(digits[0]);
  const parts = await page.locator('#parts li').count();
  say(await name() === '0' && (!model.includes('capsules') || parts > 2), `${model}: a 0 is ${await name()}${parts ? `, of ${parts - 1} parts` : ''}`);
  if (shots && parts) await page.screenshot({ path: join(shots, 'page-capsules.png'), fullPage: true });
}
const foreign = requests.filter(each => !each.startsWith(address) && !each.startsWith('data:') && !each.startsWith('blob:'));
say(foreign.length === 0, `asks nothing of anyone else (${requests.length} requests)${foreign.slice(0, 2)}`);
say(complaints.length === 0, `nothing in the console${complaints.map(text => ': ' + text).slice(0, 3)}`);
const weigh = folder => readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => sum
  + (entry.isDirectory() ? weigh(join(folder, entry.name)) : statSync(join(folder, entry.name)).size), 0);
const first = JSON.parse(readFileSync(join(site, 'site.json')))[0];
const weight = weigh(site) - weigh(join(site, 'runtime')) - weigh(join(site, 'models')) + weigh(join(site, 'models', first));
const model = statSync(join(site, 'models', first, 'model.onnx')).size;
say(weight - model <= 1.5e6, `${(weight / 1e6).toFixed(2)} MB with one model of ${(model / 1e6).toFixed(2)} MB, without the runtime`);
await browser.close();
process.exit(failed ? 1 : 0);
