"""The style of a page that stands alone: light and dark by the reader's choice, narrow on a phone, A4 on paper."""

STYLE = """
:root { color-scheme: light dark; --ink: #1d2329; --soft: #5b6670; --rule: #d6dce1; --paper: #ffffff; --tint: #f4f6f8;
  --line: #1f6fb2; --mean: #5b6670; --limit: #a35b00; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --ink: #e7ebee; --soft: #a3adb6; --rule: #3a434b; --paper: #14181c;
  --tint: #1d2329; --line: #7ab8ee; --mean: #a3adb6; --limit: #f0b35c; --bad: #ff8a80; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, "Segoe UI", Roboto, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 1.5rem 1.25rem 3rem; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
header p, footer, figcaption, .soft { color: var(--soft); }
header p { margin: .25rem 0 0; }
footer { margin-top: 2.5rem; border-top: 1px solid var(--rule); font-size: .85rem; }
ul.lines { list-style: none; margin: 1.25rem 0; padding: .75rem 1rem; background: var(--tint); border-radius: .5rem; }
ul.lines li + li { margin-top: .35rem; }
figure { margin: 1.5rem 0; }
figcaption { font-size: .85rem; }
.chart { width: 100%; height: auto; font: 12px system-ui, "Segoe UI", Roboto, sans-serif; }
.chart text { fill: var(--soft); }
.chart .grid { stroke: var(--rule); stroke-width: 1; }
.chart .weeks { fill: none; stroke: var(--line); stroke-width: 2.5; stroke-linejoin: round; }
.chart .week, .chart .this-week { fill: var(--line); stroke: var(--paper); stroke-width: 1.5; }
.chart .mean { stroke: var(--mean); stroke-width: 1.5; }
.chart .limit { stroke: var(--limit); stroke-width: 1.5; stroke-dasharray: 6 4; }
.chart .limit-name { fill: var(--limit); }
table { width: 100%; border-collapse: collapse; font-size: .93rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .9rem .35rem 0; border-bottom: 1px solid var(--rule); }
td.words { overflow-wrap: anywhere; min-width: 8rem; }
th { color: var(--soft); font-weight: 600; white-space: nowrap; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td:last-child, th:last-child { padding-right: 0; }
.unexplained { color: var(--bad); }
a { color: var(--line); }
@media screen and (max-width: 40rem) {
  .chart text { font-size: 21px; }
  .chart .other-week, .chart .name { display: none; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tr { display: block; padding: .5rem 0; border-bottom: 1px solid var(--rule); }
  table, tbody { display: block; }
  td, td.number { display: flex; justify-content: space-between; gap: 1rem; padding: .1rem 0; border: 0;
    text-align: right; white-space: normal; min-width: 0; }
  td::before { content: attr(data-label); color: var(--soft); text-align: left; flex: none; }
  td span.cell { min-width: 0; overflow-wrap: anywhere; }
  td:first-child { display: block; text-align: left; font-weight: 600; }
  td:first-child::before, td:empty { display: none; }
}
@page { size: A4; margin: 16mm 15mm; }
@media print {
  :root { color-scheme: light; --ink: #000; --soft: #444; --rule: #bbb; --paper: #fff; --tint: #fff; --line: #14507f;
    --mean: #444; --limit: #7a4400; --bad: #000; }
  body { font-size: 10pt; }
  main { max-width: none; padding: 0; }
  ul.lines { padding: 0; }
  h2 { break-after: avoid; }
  tr, figure, ul.lines { break-inside: avoid; }
  thead { display: table-header-group; }
  a { color: inherit; text-decoration: none; }
}
"""
"""Written once in the page: nothing is fetched, so that the file opens the same from a disk, a mail or Slack."""
