// A row is shown if it has all words of the filter, in itself, its table's caption or
// its section's title, and its client is not left out.
function startFilter(tables) {
  const field = byId("page-filter");
  if (!field) return;
  const rows = tables.flatMap((table) => {
    const about = `${table.closest("section").querySelector("h2").textContent} ${table.caption.textContent}`;
    return table.sources.map((row) => ({ row, text: `${about} ${row.textContent}`.toLowerCase() }));
  });
  const boxes = all(".filter input[type=checkbox]");
  const apply = () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    hiddenClients.clear();
    for (const box of boxes) if (!box.checked) hiddenClients.add(box.value);
    let shown = 0;
    for (const { row, text } of rows) {
      row.hidden = hiddenClients.has(row.dataset.client) || !words.every((w) => text.includes(w));
      if (!row.hidden) shown++;
    }
    byId("page-shown").textContent = shown === rows.length ? `All ${shown} rows shown` : `${shown} of ${rows.length} rows shown`;
    for (const figure of figures) if (figure.plot) figure.show();
  };
  field.addEventListener("input", apply);
  for (const box of boxes) {
    if (box.dataset.color >= 0) box.parentElement.querySelector(".swatch").style.background = `var(--hue-${box.dataset.color % hues})`;
    box.addEventListener("change", apply);
  }
  apply();
}
