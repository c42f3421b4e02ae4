// Tables: plain ones, and those one can sort and turn the pages of.

import { h } from "./dom.js";
import { richText } from "./richtext.js";

const DEFAULT_PAGE = 20;

function wordsOf(cell, context) {
  if (cell.type === "rich_text") return richText(cell, context);
  return String(cell.text ?? cell.value ?? "");
}

/** A table as it stands. */
export function table(block, { context }) {
  const [head = [], ...rows] = block.rows;
  const cell = (tag, content, column) => {
    const align = block.column_settings?.[column]?.align;
    return h(tag, { class: align ? `align-${align}` : "", scope: tag === "th" ? "col" : null }, wordsOf(content, context));
  };
  return h("div", { class: "table-scroll", tabindex: "0" }, h("table", {},
    h("thead", {}, h("tr", {}, head.map((content, column) => cell("th", content, column)))),
    h("tbody", {}, rows.map((row) => h("tr", {}, row.map((content, column) => cell("td", content, column)))))));
}

/** A table with a caption whose columns can be sorted, a page at a time. */
export function dataTable(block, { context }) {
  const [head, ...rows] = block.rows;
  const size = block.page_size ?? DEFAULT_PAGE;
  const named = block.row_header_column_index ?? 0;
  const shown = { rows, column: -1, down: false, page: 0 };
  const body = h("tbody");
  const place = h("span", { class: "hint", "aria-live": "polite" });
  const turn = (words, step) => h("button", { type: "button", class: "button", "aria-label": words,
    onclick: () => { shown.page += step; draw(); } }, step < 0 ? "‹" : "›");
  const [back, on] = [turn("Page before", -1), turn("Next page", 1)];
  const headers = head.map((content, column) => h("th", { scope: "col", class: numeric(rows, column) ? "align-right" : "" },
    h("button", { type: "button", class: "sort", onclick: () => sort(column) }, wordsOf(content, context))));

  function sort(column) {
    shown.down = shown.column === column && !shown.down;
    Object.assign(shown, { column, page: 0, rows: [...rows].sort((a, b) => compare(a[column], b[column]) * (shown.down ? -1 : 1)) });
    draw();
  }

  function draw() {
    const pages = Math.ceil(rows.length / size);
    const from = shown.page * size;
    body.replaceChildren(...shown.rows.slice(from, from + size).map((row) => h("tr", {}, row.map((content, column) =>
      h(column === named ? "th" : "td", { scope: column === named ? "row" : null,
        class: numeric(rows, column) ? "align-right" : "" }, wordsOf(content, context))))));
    headers.forEach((header, column) => {
      if (column === shown.column) header.setAttribute("aria-sort", shown.down ? "descending" : "ascending");
      else header.removeAttribute("aria-sort");
    });
    place.textContent = `${from + 1}–${Math.min(from + size, rows.length)} of ${rows.length}`;
    back.disabled = shown.page === 0;
    on.disabled = shown.page >= pages - 1;
  }

  draw();
  return [h("div", { class: "table-scroll", tabindex: "0" }, h("table", { class: "data-table" },
    h("caption", {}, block.caption), h("thead", {}, h("tr", {}, headers)), body)),
    rows.length > size ? h("div", { class: "table-pages" }, back, place, on) : null].filter(Boolean);
}

const numeric = (rows, column) => rows.every((row) => row[column].type === "raw_number");

function compare(one, other) {
  if (one.type === "raw_number" && other.type === "raw_number") return one.value - other.value;
  return plainWords(one).localeCompare(plainWords(other), undefined, { numeric: true });
}

function plainWords(cell) {
  if (cell.type !== "rich_text") return String(cell.text ?? cell.value ?? "");
  const within = (part) => part.text ?? (part.elements ?? []).map(within).join("");
  return within(cell);
}
