// Opens a report in a real browser: node report.mjs REPORT.html [FOLDER]
// Nothing leaves the page, nothing is said in the console, pointer and filters work, it fits any screen, and axe finds no barrier. Prints
// PASS or FAIL lines; with FOLDER it leaves screenshots there.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const [path, shots] = process.argv.slice(2);
const browserPath = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/google-chrome'].find(known => known && existsSync(known));
if (!browserPath) {
  console.log('SKIP report: no Chromium (Debian: chromium)');
  process.exit(0);
}
const url = pathToFileURL(resolve(path)).href;
let failed = false;
const say = (ok, what) => {
  failed ||= !ok;
  console.log(`${ok ? 'PASS' : 'FAIL'} report: ${what}`);
};

const browser = await chromium.launch({ executablePath: browserPath, args: ['--no-sandbox'] });
const requests = [], complaints = [];
async function open(options) {
  const page = await browser.newPage(options);
  page.on('request', request => requests.push(request.url()));
  page.on('console', message => complaints.push(message.text()));
  page.on('pageerror', error => complaints.push(String(error)));
  await page.goto(url);
  return page;
}
const shot = async (page, name) => shots && page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });

const page = await open({ viewport: { width: 1280, height: 900 } });
const map = page.locator('figure.map').first(), canvas = map.locator('canvas').first();
// Read from a copy: reading the page's own canvas would slow it down, and Chromium says so.
await page.evaluate(() => {
  globalThis.pixels = node => {
    const copy = Object.assign(document.createElement('canvas'), { width: node.width, height: node.height });
    const context = copy.getContext('2d', { willReadFrequently: true });
    context.drawImage(node, 0, 0);
    return context.getImageData(0, 0, node.width, node.height).data;
  };
});
const inked = () => canvas.evaluate(node => {
  const data = pixels(node);
  let count = 0;
  for (let i = 3; i < data.length; i += 4) count += data[i] > 0;
  return count;
});
const count = async () => Number((await map.locator('.count').textContent()).split(' ')[0]);
const all = await count();
// Without labels the map shows clusters, and nothing is misnamed.
const labelled = await map.locator('input').count() > 0, named = labelled ? /^\d, / : /^in cluster \d$/;
say(all > 0 && await inked() > all / 4, `the map draws ${all} images`);

await map.locator('select').selectOption('7');
const sevens = await count();
say(sevens > 0 && sevens < all / 3, `the ${labelled ? 'digit' : 'cluster'} filter leaves ${sevens}`);
await map.locator('select').selectOption('');
if (labelled) {
  await map.locator('input').check();
  const wrong = await count();
  say(wrong < all, `the filter of the misnamed leaves ${wrong}`);
  await map.locator('input').uncheck();
}

const legend = map.locator('.legend button').first();
await legend.click();
const group = await legend.textContent(), few = await count();
say(few < all / 3 && await map.locator('select').inputValue() === group, `the legend's ${group} leaves ${few}`);
await legend.click();
say(await count() === all, 'a second click on the legend shows all');

// A place where the canvas has colour is an image.
const [x, y] = await canvas.evaluate(node => {
  const data = pixels(node);
  const at = data.findIndex((value, i) => i % 4 === 3 && value > 0);
  const box = node.getBoundingClientRect(), pixel = (at - 3) / 4;
  return [pixel % node.width / node.width * box.width, Math.floor(pixel / node.width) / node.height * box.height];
});
await canvas.hover({ position: { x, y } });
const words = await map.locator('output').textContent();
const drawn = await map.locator('canvas.image').evaluate(node => pixels(node).some((value, i) => i % 4 === 0 && value > 0 && value < 128));
say(named.test(words) && drawn, `pointing shows the image ("${words}")`);

// A point that is picked and then filtered out is picked no more.
const picked = labelled ? words[0] : words.at(-1), other = String((Number(picked) + 1) % 10);
await map.locator('select').selectOption(other);
say(await map.locator('output').textContent() === '', `the ${other} filter drops the picked ${picked}`);
await map.locator('select').selectOption('');

// The wheel over the map scrolls the page; with Ctrl it zooms the map.
await canvas.scrollIntoViewIfNeeded();
const scroll = () => page.evaluate(() => scrollY), start = await scroll(), still = await inked();
await canvas.hover();
await page.mouse.wheel(0, start > 200 ? -200 : 200);
await page.waitForFunction(from => scrollY !== from, start, { timeout: 3000 }).catch(() => {});
say(await scroll() !== start && Math.abs(await inked() - still) < still / 50, 'the wheel scrolls the page');
await canvas.hover(); // it may scroll the page itself
const place = await scroll();
await page.keyboard.down('Control');
for (let i = 0; i < 6; i++) await page.mouse.wheel(0, -100);
await page.keyboard.up('Control');
await page.waitForTimeout(100);
say(await scroll() === place && await inked() !== still, 'Ctrl and the wheel zoom the map');
await canvas.focus();
for (let i = 0; i < 12; i++) await page.keyboard.press('-');

const table = page.locator('table:not(.confusion)').first(), heading = table.locator('thead th').last();
const cells = () => table.locator('tbody tr td:last-child').allTextContents();
const asNumber = text => Number.parseFloat(text.replaceAll(',', ''));
const sorted = (values, sign) => values.map(asNumber).filter(value => !Number.isNaN(value))
  .every((value, i, whole) => i === 0 || sign * (value - whole[i - 1]) >= 0);
await heading.locator('button').click();
const rising = sorted(await cells(), 1) && await heading.getAttribute('aria-sort') === 'ascending';
await heading.locator('button').click();
say(rising && sorted(await cells(), -1), `a table is sorted by "${await heading.textContent()}", both ways`);

const before = await inked();
await canvas.focus();
for (let i = 0; i < 6; i++) await page.keyboard.press('+');
say(await inked() !== before, 'the + key zooms');
for (let i = 0; i < 6; i++) await page.keyboard.press('-');
await page.keyboard.press('n');
say(named.test(await map.locator('output').textContent()), 'the n key goes to the next image');
say(await page.locator('img:not([alt])').count() === 0, 'every picture has a text in its place');

const card = map.locator('.card'), [within, at] = [await canvas.boundingBox(), await card.boundingBox()];
say(await card.isVisible() && at.x >= within.x && at.x + at.width <= within.x + within.width + 1, 'its card stands beside it, on the map');

// Whoever cannot see, or uses no pointer, meets no barrier that axe knows.
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
async function barriers(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => axe.run());
  return violations.flatMap(violation => violation.nodes.slice(0, 2).map(node => ` ${violation.id}: ${node.target} ${node.failureSummary}`));
}
const text = {};
for (const colorScheme of ['light', 'dark']) {
  for (const width of [390, 768, 1280, 1920]) {
    const screen = await open({ viewport: { width, height: 900 }, colorScheme });
    const over = await screen.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    const found = await barriers(screen);
    say(over <= 0 && found.length === 0, `${width} px wide, ${colorScheme}: fits (${over} px over), no barrier found${found}`);
    text[colorScheme] = await screen.evaluate(() => getComputedStyle(document.body).color + getComputedStyle(document.body).backgroundColor);
    await shot(screen, `${width}-${colorScheme}`);
    await screen.close();
  }
}
say(text.light !== text.dark, "light and dark by the reader's setting");

const foreign = requests.filter(address => !address.startsWith('data:') && address !== url);
say(foreign.length === 0, `asks nothing of the network (${requests.length} requests, all its own)${foreign.map(address => ' ' + address.slice(0, 80))}`);
say(complaints.length === 0, `nothing in the console${complaints.map(text => ': ' + text)}`);
await browser.close();
process.exit(failed ? 1 : 0);
