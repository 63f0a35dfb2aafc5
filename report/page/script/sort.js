const collator = new Intl.Collator("en", { numeric: true });

// sortTable sorts by a column. What is no number among numbers stays at the end in
// both directions, and equal rows keep the order that they came in.
function sortTable(table, column, descending) {
  const sign = descending ? -1 : 1;
  const rows = table.sources.map((row) => {
    const cell = row.cells[column];
    // the last child: a tone's word may stand before the text
    return { row, value: cell?.dataset.v === undefined ? null : Number(cell.dataset.v), text: cell?.lastChild?.textContent ?? "" };
  });
  const numeric = rows.some((r) => r.value !== null);
  rows.sort((a, b) => {
    if (!numeric) return sign * collator.compare(a.text, b.text);
    if (a.value === null || b.value === null) return (a.value === null) - (b.value === null);
    return sign * (a.value - b.value);
  });
  table.tBodies[0].append(...rows.map((r) => r.row));
}

// startSorting makes buttons of a table's heads.
function startSorting(table) {
  table.sources = [...table.tBodies[0].rows];
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const button = element("button", { type: "button", class: "sort" }, ...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const descending = head.getAttribute("aria-sort") === "ascending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", descending ? "descending" : "ascending");
      sortTable(table, column, descending);
    });
  });
}
