// Sorts a table by the column whose heading is clicked: numbers by size, words by letter; a second click turns the order.
"use strict";
for (const table of document.querySelectorAll("table:not(.confusion)")) {
  const headings = [...table.querySelectorAll("thead th")], body = table.tBodies[0];
  headings.forEach((heading, column) => {
    const button = document.createElement("button");
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => {
      const falling = heading.ariaSort === "ascending", rows = [...body.rows];
      const key = row => row.cells[column].textContent.trim().replaceAll(",", "");
      const compare = (a, b) => {
        const [x, y] = [parseFloat(a), parseFloat(b)];
        return Number.isNaN(x) || Number.isNaN(y) ? Number.isNaN(x) - Number.isNaN(y) || a.localeCompare(b) : x - y;
      };
      rows.sort((a, b) => (falling ? -1 : 1) * compare(key(a), key(b)));
      body.append(...rows);
      headings.forEach(other => { other.ariaSort = other === heading ? (falling ? "descending" : "ascending") : null; });
    });
  });
}
