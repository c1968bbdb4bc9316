// The t-SNE map of training images, and the place of one more.

export function makeMap(canvas, { page, places, labels }) {
  const context = canvas.getContext("2d"), side = canvas.width, toSide = value => (value / 32767 * 0.98 + 1) / 2 * side;
  const ground = document.createElement("canvas");
  [ground.width, ground.height] = [side, side];
  const paint = ground.getContext("2d");
  for (let i = 0; i < page.count; i++) {
    paint.fillStyle = page.colours[labels[i]];
    paint.fillRect(toSide(places[2 * i]) - 2, toSide(-places[2 * i + 1]) - 2, 4, 4);
  }

  function draw(place) {
    context.clearRect(0, 0, side, side);
    context.drawImage(ground, 0, 0);
    if (!place) return;
    context.beginPath();
    context.arc(toSide(place[0]), toSide(-place[1]), 10, 0, 2 * Math.PI);
    [context.lineWidth, context.strokeStyle] = [4, getComputedStyle(canvas).color];
    context.stroke();
  }

  draw(null);
  return { draw };
}
