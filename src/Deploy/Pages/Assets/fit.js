// Brings a picture to the shape that a model takes, as uvl does (docs/reference/data.md): the same pixels from the same picture.

// Half to even, as .NET rounds.
const round = value => {
  const low = Math.floor(value), rest = value - low;
  return rest > 0.5 || rest === 0.5 && low % 2 !== 0 ? low + 1 : low;
};

// Plain loops over the pixels: a drawing is fitted at every frame, and calls of a function for each of them cost many times as much.
// { width, height, planes } of RGBA pixels, grey (1) or in colour (3); what is transparent becomes the opposite of the ink.
export function fromRgba(width, height, rgba, channels) {
  const count = width * height, luma = new Uint8Array(count);
  let ink = 0, cover = 0;
  for (let i = 0; i < count; i++) {
    luma[i] = Math.floor((299 * rgba[4 * i] + 587 * rgba[4 * i + 1] + 114 * rgba[4 * i + 2] + 500) / 1000);
    ink += luma[i] * rgba[4 * i + 3];
    cover += rgba[4 * i + 3];
  }
  const backdrop = ink > cover * 127 ? 0 : 255;
  const planes = Array.from({ length: channels }, () => new Uint8Array(count));
  planes.forEach((plane, channel) => {
    for (let i = 0; i < count; i++) {
      const alpha = rgba[4 * i + 3], value = channels === 1 ? luma[i] : rgba[4 * i + channel];
      plane[i] = Math.floor((value * alpha + backdrop * (255 - alpha) + 127) / 255);
    }
  });
  return { width, height, planes };
}

// The level of the background: the median of the outermost ring of pixels.
function ringMedian(plane, width, height) {
  const counts = new Int32Array(256);
  let total = 0;
  for (let y = 0; y < height; y++) {
    const step = y === 0 || y === height - 1 ? 1 : Math.max(1, width - 1);
    for (let x = 0; x < width; x += step, total++) counts[plane[y * width + x]]++;
  }
  let level = 0;
  for (let below = counts[0]; 2 * below < total; below += counts[level]) level++;
  return level;
}

// Each target pixel is a mean over the source pixels under a triangle as wide as itself, and never below two pixels.
function scaleLine(read, sourceCount, write, targetCount) {
  const ratio = sourceCount / targetCount, radius = Math.max(1, ratio);
  for (let i = 0; i < targetCount; i++) {
    const centre = (i + 0.5) * ratio, end = Math.min(sourceCount, Math.ceil(centre + radius));
    let total = 0, weights = 0;
    for (let j = Math.max(0, Math.floor(centre - radius)); j < end; j++) {
      const weight = Math.max(0, 1 - Math.abs(j + 0.5 - centre) / radius);
      total += weight * read(j);
      weights += weight;
    }
    write(i, total / weights);
  }
}

function scale(plane, width, { left, top, right, bottom }, columns, rows) {
  const tall = bottom - top, narrowed = new Float32Array(columns * tall), scaled = new Float32Array(columns * rows);
  for (let y = 0; y < tall; y++) {
    scaleLine(x => plane[(top + y) * width + left + x], right - left, (x, value) => { narrowed[y * columns + x] = value; }, columns);
  }
  for (let x = 0; x < columns; x++) {
    scaleLine(y => narrowed[y * columns + x], tall, (y, value) => { scaled[y * columns + x] = value; }, rows);
  }
  return scaled;
}

function inkBox(ink, width, height) {
  let [left, top, right, bottom] = [width, height, 0, 0];
  for (let i = 0; i < width * height; i++) {
    if (!(ink[i] > 0)) continue;
    const y = Math.floor(i / width), x = i % width;
    [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x + 1), Math.min(top, y), Math.max(bottom, y + 1)];
  }
  return right > left ? { left, top, right, bottom } : null;
}

// As MNIST: cut to the ink, scaled into 20/28 of the shorter side, its centre of mass at the centre.
function fitDigit({ width, height, planes: [plane] }, inverted, background, shape, target) {
  const noise = 40, sign = inverted ? -1 : 1, ink = new Float32Array(plane.length);
  let strongest = 0;
  for (let i = 0; i < ink.length; i++) {
    ink[i] = Math.max(0, sign * (plane[i] - background) - noise);
    strongest = Math.max(strongest, ink[i]);
  }
  const box = inkBox(ink, width, height);
  if (!box) return;
  for (let i = 0; i < ink.length; i++) ink[i] /= strongest;
  const [wide, tall] = [box.right - box.left, box.bottom - box.top];
  const factor = round(Math.min(shape.width, shape.height) * 20 / 28) / Math.max(wide, tall);
  const [columns, rows] = [Math.max(1, round(wide * factor)), Math.max(1, round(tall * factor))];
  const scaled = scale(ink, width, box, columns, rows);
  let [mass, massX, massY, most] = [0, 0, 0, 0];
  scaled.forEach((value, i) => {
    mass += value;
    massX += value * (i % columns + 0.5);
    massY += value * (Math.floor(i / columns) + 0.5);
    most = Math.max(most, value);
  });
  const clamp = (value, high) => Math.min(Math.max(value, 0), high);
  const left = clamp(round(shape.width / 2 - massX / mass), shape.width - columns);
  const top = clamp(round(shape.height / 2 - massY / mass), shape.height - rows);
  scaled.forEach((value, i) => {
    target[(top + Math.floor(i / columns)) * shape.width + left + i % columns] = round(Math.fround(Math.fround(value / most) * 255));
  });
}

function fitPlane(plane, { width, height }, { width: sideX, height: sideY, fit }, target) {
  const isWide = width * sideY >= height * sideX, nearest = (length, up, down) => Math.max(1, round(length * up / down));
  let part = { left: 0, top: 0, right: width, bottom: height }, [columns, rows] = [sideX, sideY];
  if (fit === "crop") {
    const [kept, keptRows] = isWide ? [nearest(height, sideX, sideY), height] : [width, nearest(width, sideY, sideX)];
    const [left, top] = [Math.trunc((width - kept) / 2), Math.trunc((height - keptRows) / 2)];
    part = { left, top, right: left + kept, bottom: top + keptRows };
  } else if (fit !== "stretch") {
    [columns, rows] = isWide ? [sideX, nearest(height, sideX, width)] : [nearest(width, sideY, height), sideY];
  }
  target.fill(ringMedian(plane, width, height));
  const [left, top] = [Math.trunc((sideX - columns) / 2), Math.trunc((sideY - rows) / 2)];
  scale(plane, width, part, columns, rows).forEach((value, i) => {
    target[(top + Math.floor(i / columns)) * sideX + left + i % columns] = round(value);
  });
}

// The picture's bytes [C*H*W] as the model takes them. shape: { width, height, channels, fit, polarity } of the model's page.json.
export function fitPicture(picture, shape) {
  const size = shape.width * shape.height, target = new Uint8Array(shape.channels * size);
  const isInk = shape.fit === "digit" && shape.channels === 1, right = picture.width === shape.width && picture.height === shape.height;
  if (shape.fit === "none" && !right) {
    throw new Error(`expected ${shape.width} x ${shape.height} pixels, found ${picture.width} x ${picture.height}`);
  }
  const background = isInk ? ringMedian(picture.planes[0], picture.width, picture.height) : 0;
  const inverted = shape.polarity === "dark" || shape.polarity === "auto" && background > 127;
  if (!right && isInk) {
    fitDigit(picture, inverted, background, shape, target);
    return target;
  }
  picture.planes.forEach((plane, channel) => {
    const place = target.subarray(channel * size, (channel + 1) * size);
    if (right) place.set(plane); else fitPlane(plane, picture, shape, place);
  });
  return inverted ? target.map(value => 255 - value) : target;
}
