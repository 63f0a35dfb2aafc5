const place = (u, s, i) => [u.valToPos(s.x[i], "x", true), u.valToPos(s.y[i], "y", true)];

// linesOf joins the points and draws their ranges as lines.
function linesOf(u, s) {
  const path = new Path2D();
  if (s.line) s.x.forEach((_, i) => path[i === 0 ? "moveTo" : "lineTo"](...place(u, s, i)));
  if (s.ranges !== "vertical" && s.ranges !== "horizontal") return path;
  s.x.forEach((_, i) => {
    if (!ranged(s, i)) return;
    const [x, y] = place(u, s, i);
    const [low, high] = [s.low[i], s.high[i]].map((v) => u.valToPos(v, s.ranges === "vertical" ? "y" : "x", true));
    if (s.ranges === "vertical") {
      path.moveTo(x, low);
      path.lineTo(x, high);
    } else {
      path.moveTo(low, y);
      path.lineTo(high, y);
    }
  });
  return path;
}

// areaOf is between all highs and lows.
function areaOf(u, s) {
  if (s.ranges !== "area") return null;
  const path = new Path2D();
  const within = s.x.map((_, i) => i).filter((i) => ranged(s, i));
  const corner = (v, i) => path.lineTo(u.valToPos(s.x[i], "x", true), u.valToPos(v[i], "y", true));
  within.forEach((i) => corner(s.high, i));
  within.reverse().forEach((i) => corner(s.low, i));
  path.closePath();
  return path;
}

// bar lies across the axis of values, half as wide as the room of a name.
function bar(path, u, data, x, y, k) {
  const ratio = devicePixelRatio * k;
  let half = [12 * ratio, 0];
  for (const [n, key, across] of [[0, "x", u.bbox.width], [1, "y", u.bbox.height]]) {
    if (data[key].scale !== "category") continue;
    const names = u.scales[key].max - u.scales[key].min;
    half = [0, 0];
    half[n] = Math.min(across / names / 4, [28, 12][n] * ratio);
    break;
  }
  path.moveTo(x - half[0], y - half[1]);
  path.lineTo(x + half[0], y + half[1]);
}

// dotted says whether each point is marked: also where nothing else would show it.
const dotted = (s) => s.dots || s.x.length === 1 || (!s.line && s.ranges !== "area");

function marksOf(u, data, s, k) {
  const marks = { dots: new Path2D(), hollow: new Path2D(), bars: new Path2D(), crosses: new Path2D() };
  const radius = (s.x.length > 60 ? 2.6 : 3.6) * k * devicePixelRatio;
  s.x.forEach((_, i) => {
    const [x, y] = place(u, s, i);
    const mark = s.marks[i];
    if (mark === "failed") cross(marks.crosses, x, y, radius * 1.5);
    else if (mark === "flagged") outline(marks.hollow, s.color, x, y, radius * 1.1);
    else if (mark === "typical") bar(marks.bars, u, data, x, y, k);
    else if (dotted(s)) outline(marks.dots, s.color, x, y, radius);
  });
  return marks;
}

// drawMarks is last, so that lines do not cross what is hollow.
function drawMarks(u, data, s, k) {
  const { ctx } = u;
  const marks = marksOf(u, data, s, k);
  const ratio = devicePixelRatio * k;
  ctx.save();
  ctx.setLineDash([]);
  ctx.lineCap = "round";
  ctx.fillStyle = ctx.strokeStyle = colorOf(s.color);
  ctx.lineWidth = 3.5 * ratio;
  ctx.stroke(marks.bars);
  ctx.fill(marks.dots);
  ctx.fillStyle = theme.colors.paper;
  ctx.fill(marks.hollow);
  ctx.lineWidth = 1.6 * ratio;
  ctx.stroke(marks.hollow);
  ctx.lineWidth = 2.4 * ratio;
  ctx.stroke(marks.crosses);
  ctx.restore();
}

// translucent is a colour of the style sheet, which a browser gives as rgb(...).
const translucent = (color, share) => color.replace("rgb(", "rgba(").replace(")", `, ${share})`);

// seriesOf is uPlot's series; its marks are drawn after it.
const seriesOf = (s, k) => ({
  label: s.name,
  facets: [{ scale: "x" }, { scale: "y" }],
  stroke: () => colorOf(s.color),
  fill: () => translucent(colorOf(s.color), 0.16),
  width: (s.ranges === "vertical" || s.ranges === "horizontal" ? 2.2 : 1.8) * k,
  dash: dashesOf(s, k),
  pxAlign: 0,
  points: { show: false },
  paths: (u) => ({ stroke: linesOf(u, s), fill: areaOf(u, s), flags: 0 }),
});
