// A shape is a regular polygon: corners, the angle of the first from the right in
// eighths of a half turn, and its size against the circle, which has no corners.
const shapes = [
  [0, 0, 1],
  [4, 2, 1.2],
  [3, -4, 1.35],
  [4, 0, 1.3],
  [3, 4, 1.35],
  [5, -4, 1.15],
  [3, 0, 1.35],
];
const colorOf = (i) => theme.colors.series[((i % hues) + hues) % hues];

// dashesOf tells a second line from a first, and clients beyond the colours.
function dashesOf(s, k) {
  if (s.dashed) return [6 * k, 4 * k];
  const turn = Math.floor(s.color / hues);
  return turn > 0 ? [10 * k, 3 * k, ...Array(turn).fill([2 * k, 3 * k]).flat()] : [];
}

// outline adds a series' shape around a place.
function outline(path, color, x, y, radius) {
  const [corners, turn, size] = shapes[((color % shapes.length) + shapes.length) % shapes.length];
  if (corners === 0) {
    path.moveTo(x + radius, y);
    path.arc(x, y, radius, 0, 2 * Math.PI);
    return;
  }
  for (let i = 0; i < corners; i++) {
    const angle = (turn * Math.PI) / 8 + (2 * Math.PI * i) / corners;
    path[i === 0 ? "moveTo" : "lineTo"](x + radius * size * Math.cos(angle), y + radius * size * Math.sin(angle));
  }
  path.closePath();
}

function cross(path, x, y, radius) {
  path.moveTo(x - radius, y - radius);
  path.lineTo(x + radius, y + radius);
  path.moveTo(x - radius, y + radius);
  path.lineTo(x + radius, y - radius);
}
