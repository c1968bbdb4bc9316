// Pictures become a model's input in the page as in uvl: node fit.mjs UVL IDENTITY.onnx FOLDER. Writes 2,000 pictures of many sizes, light on
// dark and dark on light, with noise, and compares the pixels of both. Prints a PASS or FAIL line.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fitPicture } from '../../src/Deploy/Pages/Assets/fit.js';

const [uvl, model, folder] = process.argv.slice(2), pictures = join(folder, 'pictures'), count = 2000;
mkdirSync(pictures, { recursive: true });
let state = 12345; // a linear congruential generator: the same pictures anywhere
const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
const whole = (low, high) => low + Math.floor(random() * (high - low + 1));

// A few thick lines.
function draw(width, height) {
  const plane = new Uint8Array(width * height), isDark = random() < .5, ground = isDark ? whole(150, 255) : whole(0, 100), noise = whole(0, 12);
  const lines = Array.from({ length: whole(1, 4) }, () => [0, 1, 2, 3].map(() => random() * .8 + .1)), thick = (.02 + random() * .06) * Math.min(width, height);
  for (let i = 0; i < plane.length; i++) {
    const x = i % width, y = Math.floor(i / width);
    const near = Math.min(...lines.map(([ax, ay, bx, by]) => {
      const [dx, dy, px, py] = [(bx - ax) * width, (by - ay) * height, x - ax * width, y - ay * height];
      const along = Math.min(1, Math.max(0, (px * dx + py * dy) / (dx * dx + dy * dy + 1e-9)));
      return Math.hypot(px - along * dx, py - along * dy);
    }));
    const ink = Math.min(1, Math.max(0, thick + 1 - near));
    plane[i] = Math.min(255, Math.max(0, Math.round(ground + ink * (isDark ? -ground : 255 - ground) + (random() - .5) * noise)));
  }
  return { width, height, planes: [plane] };
}
const all = Array.from({ length: count }, () => draw(whole(8, 120), whole(8, 120)));
all.forEach(({ width, height, planes }, i) => writeFileSync(join(pictures, `${String(i).padStart(5, '0')}.pgm`),
  Buffer.concat([Buffer.from(`P5\n${width} ${height}\n255\n`), planes[0]])));
const output = join(folder, 'fitted.npy');
execFileSync(uvl, ['embed', model, '--quiet', '--data', pictures, '--out', output], { stdio: ['ignore', 'ignore', 'inherit'] });
const bytes = readFileSync(output), start = 10 + bytes.readUInt16LE(8);
const theirs = new Float32Array(bytes.buffer.slice(bytes.byteOffset + start, bytes.byteOffset + bytes.length));
const shape = { width: 28, height: 28, channels: 1, fit: 'digit', polarity: 'auto' };
let largest = 0, different = 0;
all.forEach((picture, i) => {
  const ours = fitPicture(picture, shape);
  const far = ours.reduce((most, value, j) => Math.max(most, Math.abs(value - Math.round(theirs[784 * i + j] * 255))), 0);
  largest = Math.max(largest, far);
  different += far > 0;
});
const ok = theirs.length === count * 784 && largest <= 1;
console.log(`${ok ? 'PASS' : 'FAIL'} page: ${count} pictures fitted as uvl does, ${different} not to the bit, largest difference ${largest} of 255`);
process.exit(ok ? 0 : 1);
