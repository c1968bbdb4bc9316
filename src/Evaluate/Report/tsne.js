// Draws each t-SNE map of the page and answers to the pointer, the keyboard and the filters.
"use strict";
for (const figure of document.querySelectorAll("figure.map")) {
  const numbers = (name, type) => new type(Uint8Array.from(atob(figure.dataset[name]), c => c.charCodeAt(0)).buffer);
  const xs = numbers("x", Int16Array), ys = numbers("y", Int16Array), given = numbers("given", Int16Array);
  const labels = "label" in figure.dataset ? numbers("label", Int16Array) : null, group = labels ?? given;
  const canvas = figure.querySelector("canvas"), context = canvas.getContext("2d"), sheet = document.getElementById("images");
  const card = figure.querySelector(".card"), label = card.querySelector("output"), zoomed = card.querySelector(".image");
  const only = figure.querySelector("select"), errors = figure.querySelector("input");
  const legend = [...figure.querySelectorAll(".legend button")];
  const colour = legend.map(button => button.style.borderColor), name = legend.map(button => button.textContent);
  const across = 65535, [perRow, width, height] = ["columns", "width", "height"].map(key => Number(sheet.dataset[key]));
  const scale = Math.max(1, Math.round(84 / Math.max(width, height)));
  [zoomed.width, zoomed.height] = [width * scale, height * scale];
  let view = { x: -32768, y: -32768, size: across }, picked = -1, held = null;

  const shown = i => (only.value === "" || group[i] === Number(only.value)) && (!errors?.checked || labels[i] !== given[i]);
  const toScreen = i => [(xs[i] - view.x) / view.size * canvas.width, (ys[i] - view.y) / view.size * canvas.height];

  function draw() {
    context.clearRect(0, 0, canvas.width, canvas.height);
    // Few images are drawn larger, and all when they are looked at closely.
    const size = Math.min(9, Math.max(2.5, Math.min(7, 250 / Math.sqrt(xs.length))) * across / view.size);
    const ink = getComputedStyle(canvas).color, isWrong = i => labels && labels[i] !== given[i];
    let count = 0;
    context.strokeStyle = ink;
    context.lineWidth = 1.5;
    // Those named wrongly lie on top, in the colour of what they were called, framed.
    for (const wrong of labels ? [false, true] : [false]) {
      for (let i = 0; i < xs.length; i++) {
        if (!shown(i) || isWrong(i) && !wrong || !isWrong(i) && wrong) continue;
        count++;
        const [x, y] = toScreen(i), side = wrong ? size + 3 : size;
        context.fillStyle = colour[given[i]] ?? "#888";
        context.fillRect(x - side / 2, y - side / 2, side, side);
        if (wrong) context.strokeRect(x - side / 2, y - side / 2, side, side);
      }
    }
    if (picked >= 0) {
      const [x, y] = toScreen(picked);
      context.lineWidth = 2;
      context.strokeRect(x - 7, y - 7, 14, 14);
    }
    figure.querySelector(".count").textContent = `${count} of ${xs.length} images shown`;
  }

  function pick(i) {
    picked = i;
    card.hidden = i < 0;
    label.textContent = i < 0 ? "" : !labels ? `in cluster ${given[i]}`
      : `${name[labels[i]]}, ` + (labels[i] === given[i] ? "named correctly" : given[i] < 0 ? "given no name" : `named ${name[given[i]]}`);
    if (i >= 0) {
      const context = zoomed.getContext("2d"), left = i % perRow * (width + 2) + 1, top = Math.floor(i / perRow) * (height + 2) + 1;
      context.imageSmoothingEnabled = false;
      context.drawImage(sheet, left, top, width, height, 0, 0, zoomed.width, zoomed.height);
      beside(i);
    }
    draw();
  }

  // The card stands beside its image, on the side that has room.
  function beside(i) {
    const shrink = canvas.clientWidth / canvas.width, [x, y] = toScreen(i).map(value => value * shrink);
    const left = x + 16 + card.offsetWidth <= canvas.clientWidth ? x + 16 : x - 16 - card.offsetWidth;
    const top = Math.min(Math.max(0, y - card.offsetHeight / 2), canvas.clientHeight - card.offsetHeight);
    Object.assign(card.style, { left: `${Math.max(0, left)}px`, top: `${top}px` });
  }

  const place = event => {
    const box = canvas.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  };

  function nearest(event) {
    const [px, py] = place(event);
    let best = -1, least = 12 * 12;
    for (let i = 0; i < xs.length; i++) {
      if (!shown(i)) continue;
      const [x, y] = toScreen(i), far = (x - px * canvas.width) ** 2 + (y - py * canvas.height) ** 2;
      if (far < least) [best, least] = [i, far];
    }
    return best;
  }

  function zoom(x, y, factor) {
    const size = Math.min(across, Math.max(across / 64, view.size * factor));
    view = { x: view.x + x * (view.size - size), y: view.y + y * (view.size - size), size };
    keepInside();
  }

  function keepInside() {
    const clamp = value => Math.min(Math.max(value, -32768), 32767 - view.size);
    view.x = clamp(view.x);
    view.y = clamp(view.y);
    if (picked >= 0) beside(picked);
    draw();
  }

  canvas.addEventListener("pointermove", event => {
    if (held) {
      const [x, y] = place(event);
      view.x -= (x - held[0]) * view.size;
      view.y -= (y - held[1]) * view.size;
      held = [x, y];
      keepInside();
    } else {
      pick(nearest(event));
    }
  });
  canvas.addEventListener("pointerdown", event => {
    held = place(event);
    canvas.setPointerCapture(event.pointerId);
    pick(nearest(event));
  });
  canvas.addEventListener("pointerup", () => { held = null; });
  canvas.addEventListener("pointerleave", () => { if (!held && document.activeElement !== canvas) pick(-1); });
  canvas.addEventListener("wheel", event => {
    if (!event.ctrlKey) return; // the wheel alone scrolls the page
    event.preventDefault();
    zoom(...place(event), event.deltaY > 0 ? 1.25 : 0.8);
  }, { passive: false });
  canvas.addEventListener("keydown", event => {
    const step = view.size / 8;
    const keys = {
      "+": () => zoom(.5, .5, .8), "=": () => zoom(.5, .5, .8), "-": () => zoom(.5, .5, 1.25),
      ArrowLeft: () => { view.x -= step; keepInside(); }, ArrowRight: () => { view.x += step; keepInside(); },
      ArrowUp: () => { view.y -= step; keepInside(); }, ArrowDown: () => { view.y += step; keepInside(); },
      n: () => { let i = picked; do { i = (i + 1) % xs.length; } while (!shown(i) && i !== picked); if (i >= 0 && shown(i)) pick(i); },
    };
    if (keys[event.key]) {
      event.preventDefault();
      keys[event.key]();
    }
  });
  function filter() {
    legend.forEach(button => button.setAttribute("aria-pressed", String(button.value === only.value)));
    if (picked >= 0 && !shown(picked)) pick(-1); else draw();
  }
  for (const button of legend) {
    button.addEventListener("click", () => { only.value = only.value === button.value ? "" : button.value; filter(); });
  }
  only.addEventListener("change", filter);
  errors?.addEventListener("change", filter);
  draw();
}
