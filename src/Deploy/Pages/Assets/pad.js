// A drawing pad for mouse, pen, finger and keyboard: dark ink on white, drawn as strokes so that the last one can be undone.
export function makePad(canvas, changed) {
  const context = canvas.getContext("2d", { willReadFrequently: true });
  let strokes = [], current = null, cursor = [canvas.width / 2, canvas.height / 2], isDown = false;

  function draw() {
    context.fillStyle = "#fff";
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.strokeStyle = context.fillStyle = "#000";
    [context.lineWidth, context.lineCap, context.lineJoin] = [canvas.width / 14, "round", "round"];
    for (const stroke of strokes) {
      context.beginPath();
      context.moveTo(...stroke[0]);
      for (const point of stroke.slice(1)) context.lineTo(...point);
      if (stroke.length === 1) context.lineTo(stroke[0][0] + 0.1, stroke[0][1]);
      context.stroke();
    }
  }

  function update() {
    draw();
    changed(strokes.length > 0 ? context.getImageData(0, 0, canvas.width, canvas.height) : null);
    if (document.activeElement === canvas && canvas.matches(":focus-visible")) drawCursor();
  }

  // Where the keyboard's pen is: a ring, filled while it draws.
  function drawCursor() {
    context.beginPath();
    context.arc(...cursor, 6, 0, 2 * Math.PI);
    [context.strokeStyle, context.fillStyle, context.lineWidth] = ["#06c", "#06c", 2];
    context.stroke();
    if (isDown) context.fill();
  }

  const place = event => {
    const box = canvas.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width * canvas.width, (event.clientY - box.top) / box.height * canvas.height];
  };
  canvas.addEventListener("pointerdown", event => {
    canvas.setPointerCapture(event.pointerId);
    strokes.push(current = [place(event)]);
    update();
  });
  canvas.addEventListener("pointermove", event => {
    if (!current) return;
    for (const part of event.getCoalescedEvents?.() ?? [event]) current.push(place(part));
    update();
  });
  for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => { current = null; });

  const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  canvas.addEventListener("keydown", event => {
    const step = canvas.width / 40, move = moves[event.key];
    if (move) {
      cursor = cursor.map((value, axis) => Math.min(Math.max(value + step * move[axis], 0), canvas.width));
      if (isDown) strokes.at(-1).push(cursor);
    } else if (event.key === " ") {
      isDown = !isDown;
      if (isDown) strokes.push([cursor]);
    } else {
      return;
    }
    event.preventDefault();
    update();
  });
  canvas.addEventListener("focus", update);
  canvas.addEventListener("blur", () => { isDown = false; draw(); });
  draw();
  return {
    clear() { strokes = []; update(); },
    undo() { strokes.pop(); update(); },
  };
}
