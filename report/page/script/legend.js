const svgSpace = "http://www.w3.org/2000/svg";

function svg(tag, attributes, ...children) {
  const made = document.createElementNS(svgSpace, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

// shapePath is outline for SVG.
function shapePath(color, x, y, radius) {
  let d = "";
  const round = (v) => v.toFixed(2);
  const path = {
    moveTo: (px, py) => (d += `M${round(px)} ${round(py)}`),
    lineTo: (px, py) => (d += `L${round(px)} ${round(py)}`),
    arc: () => (d += `A${radius} ${radius} 0 1 1 ${round(x - radius)} ${y}A${radius} ${radius} 0 1 1 ${round(x + radius)} ${y}`),
    closePath: () => (d += "Z"),
  };
  outline(path, color, x, y, radius);
  return d;
}

// swatch is a series in small; its colour follows the theme.
function swatch(s) {
  const picture = svg("svg", { viewBox: "0 0 26 14", width: 26, height: 14, "aria-hidden": "true", class: "swatch" });
  picture.style.color = `var(--hue-${((s.color % hues) + hues) % hues})`;
  if (s.line || s.ranges) {
    const height = s.ranges === "area" && !s.line ? 8 : 2;
    picture.append(svg("line", { x1: 1, y1: 7, x2: 25, y2: 7, stroke: "currentColor", "stroke-width": height, "stroke-dasharray": dashesOf(s, 0.8).join(" ") }));
  }
  if (dotted(s)) picture.append(svg("path", { d: shapePath(s.color, 13, 7, 4), fill: "currentColor" }));
  return picture;
}

function bandSwatch(b, i) {
  const line = { x1: 1, x2: 25, stroke: "currentColor", "stroke-width": 1.5, "stroke-dasharray": bandDashes[i % bandDashes.length].join(" ") };
  const picture = svg("svg", { viewBox: "0 0 26 14", width: 26, height: 14, "aria-hidden": "true", class: "swatch band" });
  if (b.from === b.to) picture.append(svg("line", { ...line, y1: 7, y2: 7 }));
  else picture.append(svg("rect", { x: 1, y: 2, width: 24, height: 10 }), svg("line", { ...line, y1: 2, y2: 2 }), svg("line", { ...line, y1: 12, y2: 12 }));
  return picture;
}

const markNames = { typical: "bar: median", flagged: "hollow: flagged, see the caption", failed: "cross: failed" };

// markSwatch is a mark in small, in no client's colour.
function markSwatch(mark) {
  const path = { typical: "M5 7H21", flagged: shapePath(0, 13, 7, 4), failed: "M9 3L17 11M9 11L17 3" }[mark];
  const width = mark === "typical" ? 3.5 : 1.8;
  const picture = svg("svg", { viewBox: "0 0 26 14", width: 26, height: 14, "aria-hidden": "true", class: "swatch" });
  picture.append(svg("path", { d: path, fill: "none", stroke: "currentColor", "stroke-width": width, "stroke-linecap": "round" }));
  return picture;
}

// marksIn are those of markNames that a figure has.
const marksIn = (data) => Object.keys(markNames).filter((mark) => data.series.some((s) => Object.values(s.marks).includes(mark)));

// legendOf has a button for each name, which shows and hides its series.
function legendOf(figure, data) {
  const list = element("ul", { class: "legend", "aria-label": "Legend" });
  const entries = Map.groupBy ? Map.groupBy(data.series, (s) => s.name) : new Map(data.series.map((s) => [s.name, data.series.filter((o) => o.name === s.name)]));
  for (const [name, series] of entries) {
    const button = element("button", { type: "button", "aria-pressed": "true" }, swatch(series[0]), name);
    button.addEventListener("click", () => {
      const on = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", on);
      for (const s of series) s.off = !on;
      figure.show();
    });
    list.append(element("li", {}, button));
  }
  data.bands.forEach((b, i) => list.append(element("li", { class: "band" }, bandSwatch(b, i), b.name)));
  for (const mark of marksIn(data)) list.append(element("li", { class: "mark" }, markSwatch(mark), markNames[mark]));
  return list;
}
