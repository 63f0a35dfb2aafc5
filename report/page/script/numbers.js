// numbersOf is what a figure shows, as a table that is made when it is opened.
function numbersOf(figure, data, title) {
  const details = element("details", { class: "numbers" }, element("summary", {}, "Data"));
  details.addEventListener("toggle", () => {
    if (details.open && !details.querySelector("table")) details.append(numbersTable(data, title));
  });
  return details;
}

// placeText is a place as the axis names it. What lies beside a name is that name's,
// and on an axis of percentiles the place x is that of the percentile 100 - 100/x.
function placeText(axis, v) {
  const at = axis.scale === "category" ? Math.round(v) : v;
  const tick = axis.ticks?.find((t) => t.at === at);
  if (tick) return tick.text;
  if (axis.scale === "log" && axis.ticks?.some((t) => t.text.endsWith("%"))) return `${percentileAt(v)}%`;
  return numbers.format(v);
}

// percentileAt has two digits more than tell it from 100.
const percentileAt = (x) => Number((100 - 100 / x).toFixed(Math.max(2, Math.ceil(Math.log10(x)))));

function numbersTable(data, title) {
  const area = data.series.some((s) => s.ranges);
  const marked = data.series.some((s) => Object.keys(s.marks).length > 0);
  const worded = data.series.some((s) => s.texts);
  const heads = ["series", data.x.title, data.y.title, ...(area ? ["low", "high"] : []), ...(marked ? ["mark"] : []), ...(worded ? ["what"] : [])];
  const body = element("tbody", {});
  for (const s of data.series) {
    s.x.forEach((_, i) => {
      const texts = [placeText(data.x, s.x[i]), placeText(data.y, s.y[i])];
      if (area) texts.push(...(ranged(s, i) ? [numbers.format(s.low[i]), numbers.format(s.high[i])] : ["", ""]));
      if (marked) texts.push(s.marks[i] ?? "");
      if (worded) texts.push(s.texts?.[i] ?? "");
      body.append(element("tr", {}, element("th", { scope: "row" }, s.name), ...texts.map((t) => element("td", {}, t))));
    });
  }
  const head = element("thead", {}, element("tr", {}, ...heads.map((h) => element("th", { scope: "col" }, h))));
  const caption = `Data of ${title}`;
  const table = element("table", {}, element("caption", {}, caption), head, body);
  return element("div", { class: "scroll", role: "region", tabindex: "0", "aria-label": caption }, table);
}
