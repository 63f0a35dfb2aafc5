const bandDashes = [[6, 4], [2, 3], [9, 3, 2, 3]];

// drawBands fills regions behind the series, and draws lines where they have no width.
function drawBands(u, data, k) {
  const { ctx, bbox } = u;
  ctx.save();
  ctx.strokeStyle = theme.colors.quiet;
  ctx.fillStyle = theme.colors.band;
  ctx.lineWidth = 1.4 * k * devicePixelRatio;
  data.bands.forEach((b, i) => {
    ctx.setLineDash(bandDashes[i % bandDashes.length].map((n) => n * k * devicePixelRatio));
    const [from, to] = [b.from, b.to].map((v) => u.valToPos(v, b.vertical ? "x" : "y", true));
    const [x, y, width, height] = b.vertical
      ? [Math.min(from, to), bbox.top, Math.abs(to - from), bbox.height]
      : [bbox.left, Math.min(from, to), bbox.width, Math.abs(to - from)];
    if (b.from !== b.to) ctx.fillRect(x, y, width, height);
    ctx.beginPath();
    for (const far of b.from === b.to ? [0] : [0, 1]) {
      ctx.moveTo(x + (b.vertical ? far * width : 0), y + (b.vertical ? 0 : far * height));
      ctx.lineTo(x + (b.vertical ? far * width : width), y + (b.vertical ? height : far * height));
    }
    ctx.stroke();
  });
  ctx.restore();
}

function heightOf(data, width) {
  const rows = data.y.scale === "category" ? (data.y.ticks ?? []).length : 0;
  return rows > 0 ? 26 * rows + 50 : Math.round(Math.max(230, Math.min(360, width * 0.55)));
}

const sizeOf = (data, width, k) => ({ width: width * k, height: heightOf(data, width) * k });

const scaleOf = (data, key) => ({
  time: false,
  distr: data[key].scale === "log" ? 3 : 1,
  range: padded(data[key], extent(data, key)),
});

// plotOf draws a figure in box, as wide as given, k times as large.
function plotOf(data, box, width, k, drawn) {
  return new uPlot(
    {
      mode: 2,
      ...sizeOf(data, width, k),
      padding: [12 * k, 14 * k, 0, 4 * k],
      legend: { show: false },
      cursor: { show: false },
      select: { show: false },
      scales: { x: scaleOf(data, "x"), y: scaleOf(data, "y") },
      axes: [axisOf(data, "x", k), axisOf(data, "y", k)],
      series: [null, ...data.series.map((s) => seriesOf(s, k))],
      hooks: {
        drawAxes: [(u) => drawBands(u, data, k)],
        drawSeries: [(u, i) => drawMarks(u, data, data.series[i - 1], k)],
        draw: [drawn],
      },
    },
    [null, ...data.series.map((s) => [s.x, s.y])],
    box,
  );
}
