// A figure's element has draw(), show() and, once it is drawn, plot (uPlot's) and
// the attribute data-drawn, which is how often it was.
const figures = all("figure");
const hiddenClients = new Set(); // names
const printWidth = 680; // pixels, within the margins of A4 and Letter

// ofHidden says whether a series is of a client that the reader has left out.
const ofHidden = (s) => hiddenClients.has(s.client);

function prepare(figure) {
  const box = figure.querySelector(".plot");
  const title = figure.querySelector("h3").textContent;
  const data = JSON.parse(figure.querySelector("script").textContent);
  if (!data.series.some((s) => s.x.length > 0)) return false;
  for (const s of data.series) s.marks ??= {};
  box.replaceChildren();
  startHover(figure, box, data);
  figure.insertBefore(legendOf(figure, data), figure.querySelector("figcaption"));
  figure.append(numbersOf(figure, data, title));
  figure.show = () => {
    data.series.forEach((s, i) => figure.plot.setSeries(i + 1, { show: !s.off && !ofHidden(s) }, false));
  };
  figure.build = (width, k) => {
    figure.plot?.destroy();
    figure.plot = plotOf(data, box, width, k, () => (figure.dataset.drawn = Number(figure.dataset.drawn ?? 0) + 1));
    figure.show();
  };
  new ResizeObserver(() => {
    const width = Math.floor(box.clientWidth);
    if (figure.plot && !figure.printing && width > 0 && width !== figure.plot.width) figure.plot.setSize(sizeOf(data, width, 1));
  }).observe(box);
  return true;
}

function draw(figure) {
  if (figure.plot || figure.empty) return;
  if (!figure.build && !prepare(figure)) {
    figure.empty = true;
    figure.dataset.drawn = 0;
    return;
  }
  figure.build(Math.floor(figure.querySelector(".plot").clientWidth) || printWidth, 1);
}

// Paper is light, and finer than a screen: figures are drawn twice as large and
// shown at half the size.
function print(on) {
  document.documentElement.classList.toggle("printing", on);
  readColors();
  for (const figure of figures) {
    draw(figure);
    if (figure.empty) continue;
    figure.printing = on;
    figure.build(on ? printWidth : Math.floor(figure.querySelector(".plot").clientWidth), on ? 2 : 1);
  }
}

function startFigures() {
  document.documentElement.classList.add("drawing");
  theme.changed.push(() => figures.forEach((f) => f.plot?.redraw(false)));
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      seen.unobserve(entry.target);
      draw(entry.target);
    }
  }, { rootMargin: "400px" });
  figures.forEach((f) => seen.observe(f));
  addEventListener("beforeprint", () => print(true));
  addEventListener("afterprint", () => print(false));
}
