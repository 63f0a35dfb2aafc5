// numbersOf is what a figure shows, as a table that is made when it is opened.
function numbersOf(figure, data, title) {
  const details = element("details", { class: "numbers" }, element("summary", {}, "Data"));
  details.addEventListener("toggle", () => {
    if (details.open && !details.querySelector("table")) details.append(numbersTable(data, title));
  });
  return details;
}

function tickText(axis, v) {
  return axis.ticks?.find((t) => t.at === v)?.text ?? numbers.format(v);
}

function numbersTable(data, title) {
  const area = data.series.some((s) => s.ranges);
  const marked = data.series.some((s) => Object.keys(s.marks).length > 0);
  const worded = data.series.some((s) => s.texts);
  const heads = ["series", data.x.title, data.y.title, ...(area ? ["low", "high"] : []), ...(marked ? ["mark"] : []), ...(worded ? ["what"] : [])];
  const body = element("tbody", {});
  for (const s of data.series) {
    s.x.forEach((_, i) => {
      const texts = [tickText(data.x, s.x[i]), tickText(data.y, s.y[i])];
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
