const ranged = (s, i) =>
  Boolean(s.ranges) && (s.low[i] !== 0 || s.high[i] !== 0 || (s.ranges === "horizontal" ? s.x : s.y)[i] === 0);

// extent is the lowest and highest of all that a figure shows on an axis.
function extent(data, key) {
  let low = Infinity;
  let high = -Infinity;
  const include = (v) => {
    low = Math.min(low, v);
    high = Math.max(high, v);
  };
  for (const s of data.series) {
    const across = (s.ranges === "horizontal") === (key === "x");
    s[key].forEach((v, i) => {
      include(v);
      if (across && ranged(s, i)) {
        include(s.low[i]);
        include(s.high[i]);
      }
    });
  }
  for (const b of data.bands) {
    if (Boolean(b.vertical) !== (key === "x")) continue;
    include(b.from);
    include(b.to);
  }
  return [low, high];
}

// padded leaves room at the ends of a scale, none at a zero that it begins at.
function padded(axis, [low, high]) {
  if (axis.scale === "category") {
    const places = (axis.ticks ?? []).map((t) => t.at);
    return [Math.floor(Math.min(low, ...places) + 0.5) - 0.5, Math.ceil(Math.max(high, ...places) - 0.5) + 0.5];
  }
  if (axis.scale === "log") {
    const factor = high / low < 1 + 1e-9 ? 2 : Math.max((high / low) ** 0.04, 1.04);
    return [low / factor, high * factor];
  }
  if (axis.zero) [low, high] = [Math.min(low, 0), Math.max(high, 0)];
  const room = (high - low) / 20 || Math.abs(high) / 10 || 1;
  return [axis.zero && low === 0 ? 0 : low - room, axis.zero && high === 0 && low < 0 ? 0 : high + room];
}

// logTicks are powers of ten, and twice and five times these where they are few.
function logTicks(low, high) {
  const decades = Math.log10(high / low);
  const ticks = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
    for (const m of decades > 4 ? [1] : decades > 1 ? [1, 2, 5] : [1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9]) {
      ticks.push(Number(`${m}e${power}`));
    }
  }
  return ticks.filter((at) => at >= low && at <= high);
}

const measure = document.createElement("canvas").getContext("2d");

function widthOf(text, font) {
  measure.font = font;
  return measure.measureText(text).width;
}

// shortened leaves out of the middle: names begin with the scenario, and end with the
// client and the metric, which tell more.
function shortened(text, font, room) {
  if (widthOf(text, font) <= room) return text;
  const letters = [...text];
  for (let kept = letters.length - 1; kept > 0; kept--) {
    const head = Math.ceil(kept / 6);
    const cut = `${letters.slice(0, head).join("")}…${letters.slice(letters.length - kept + head).join("")}`;
    if (widthOf(cut, font) <= room) return cut;
  }
  return "…";
}

// apart leaves out the texts that would run into others: the longer, which are the
// less round, and of equal ones those to the left.
function apart(u, texts, places, font, gap) {
  const shown = texts.map(() => "");
  const taken = [];
  const order = texts.map((_, i) => i).sort((a, b) => texts[a].length - texts[b].length || b - a);
  for (const i of order) {
    const at = u.valToPos(places[i], "x", true) / devicePixelRatio;
    const half = widthOf(texts[i], font) / 2;
    if (taken.some(([low, high]) => at + half + gap > low && at - half - gap < high)) continue;
    shown[i] = texts[i];
    taken.push([at - half, at + half]);
  }
  return shown;
}

const fontOf = (k) => `${12 * k}px system-ui, sans-serif`;

// Trials and rounds are counted: there is no tick between two.
const whole = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6, 2e6, 5e6, 1e7, 1e8, 1e9, 1e10, 1e12];

// axisOf is uPlot's axis: x below, y on the left, k times as large.
function axisOf(data, key, k) {
  const axis = data[key];
  const font = fontOf(k);
  const category = axis.scale === "category";
  const given = axis.ticks?.length ? axis.ticks : null;
  const room = (u) => u.width * 0.45;
  const turned = (u, texts) => key === "x" && category && texts.some((t) => widthOf(t, font) + 8 * k > (u.width * 0.85) / texts.length);
  return {
    scale: key,
    side: key === "x" ? 2 : 3,
    font,
    gap: 5 * k,
    space: (key === "x" ? 48 : 32) * k,
    stroke: () => theme.colors.quiet,
    grid: { show: !(category && key === "x"), stroke: () => theme.colors.grid, width: k },
    ticks: { stroke: () => theme.colors.grid, width: k, size: 5 * k },
    border: { show: key === "x", stroke: () => theme.colors.quiet, width: k },
    ...(given ? { splits: (u, _, low, high) => given.map((t) => t.at).filter((at) => at >= low && at <= high) } : {}),
    ...(!given && axis.scale === "log" ? { splits: (u, _, low, high) => logTicks(low, high) } : {}),
    ...(data.series.every((s) => s[key].every(Number.isInteger)) ? { incrs: whole } : {}),
    filter: (u, splits) => splits,
    values(u, splits) {
      const texts = splits.map((at) => (given ? given.find((t) => t.at === at).text : numbers.format(at)));
      if (category) return texts.map((t) => shortened(t, font, room(u)));
      return key === "x" && u.bbox?.width ? apart(u, texts, splits, font, 6 * k) : texts;
    },
    rotate: (u, texts) => (texts && turned(u, texts) ? -40 : 0),
    size(u, texts) {
      const widest = Math.max(0, ...(texts ?? []).map((t) => widthOf(t, font)));
      if (key === "y") return widest + 14 * k;
      return turned(u, texts ?? []) ? widest * 0.65 + 24 * k : 28 * k;
    },
  };
}
