// Charts as drawings: bars, lines, areas and pies, with their figures for those who do not see them.

import { h } from "./dom.js";

const SVG = "http://www.w3.org/2000/svg";
const [WIDTH, HEIGHT] = [560, 240];
const [LEFT, RIGHT, TOP, BOTTOM] = [46, 10, 10, 40];
const TICKS = 4;
const LABELS_MOST = 8;
const LABEL_LETTERS = 9;

function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  node.append(...children.flat());
  return node;
}

/** A chart with its title, its legend, and its figures as a table behind a line one can open. */
export function chart(block) {
  const { chart: drawn, title } = block;
  const pie = drawn.type === "pie";
  const names = pie ? drawn.segments.map(({ label }) => label) : drawn.series.map(({ name }) => name);
  const picture = pie ? pieOf(drawn.segments) : seriesOf(drawn);
  picture.setAttribute("aria-label", `${title}, ${drawn.type} chart`);
  return h("figure", { class: "chart", data: { testid: "chart" } },
    h("figcaption", {}, title), picture,
    names.length > 1 || pie ? h("ul", { class: "legend" }, names.map((name, place) =>
      h("li", {}, h("span", { class: `swatch tone-${place}`, "aria-hidden": "true" }), name))) : null,
    h("details", {}, h("summary", {}, "Figures"), pie ? pieFigures(drawn.segments) : seriesFigures(drawn)));
}

function seriesOf({ type, series, axis_config: axis }) {
  const values = series.flatMap(({ data }) => data.map(({ value }) => value));
  const scale = scaleOf(Math.min(0, ...values), Math.max(0, ...values));
  const step = (WIDTH - LEFT - RIGHT) / axis.categories.length;
  const middle = (place) => LEFT + step * (place + 0.5);
  const inOrder = ({ data }) => axis.categories.map((category) => data.find(({ label }) => label === category).value);
  const marks = { bar: bars, line: lines, area: areas }[type];
  return svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", class: "chart-picture" },
    gridOf(scale, axis), labelsOf(axis, middle, step), marks(series.map(inOrder), { scale, middle, step }));
}

/** Round steps that hold the smallest and the largest value, and the place of each value. */
function scaleOf(least, most) {
  const rough = (most - least || 1) / TICKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((size) => size >= rough);
  const [from, to] = [Math.floor(least / step) * step, Math.max(Math.ceil(most / step) * step, step)];
  const y = (value) => TOP + ((to - value) / (to - from)) * (HEIGHT - TOP - BOTTOM);
  const ticks = Array.from({ length: Math.round((to - from) / step) + 1 }, (_, place) => from + place * step);
  return { y, ticks };
}

function gridOf({ y, ticks }, axis) {
  const rows = ticks.map((value) => svg("g", {},
    svg("line", { x1: LEFT, x2: WIDTH - RIGHT, y1: y(value), y2: y(value), class: value === 0 ? "axis" : "grid" }),
    svg("text", { x: LEFT - 6, y: y(value) + 4, "text-anchor": "end" }, Number(value.toFixed(6)).toLocaleString("en"))));
  if (axis.y_label) rows.push(svg("text", { transform: `translate(10 ${(HEIGHT - BOTTOM) / 2}) rotate(-90)`, "text-anchor": "middle" },
    axis.y_label));
  return rows;
}

function labelsOf({ categories, x_label: below }, middle, step) {
  const every = Math.ceil(categories.length / LABELS_MOST);
  const room = Math.max(3, Math.floor((step * every) / 7));
  const short = (label) => (label.length > Math.min(room, LABEL_LETTERS + room) ? `${label.slice(0, room - 1)}…` : label);
  const marks = categories.map((label, place) => [label, place]).filter(([, place]) => place % every === 0).map(([label, place]) =>
    svg("text", { x: middle(place), y: HEIGHT - BOTTOM + 16, "text-anchor": "middle" }, short(label)));
  if (below) marks.push(svg("text", { x: (LEFT + WIDTH - RIGHT) / 2, y: HEIGHT - 6, "text-anchor": "middle" }, below));
  return marks;
}

function bars(series, { scale, middle, step }) {
  const width = (step * 0.72) / series.length;
  return series.flatMap((values, tone) => values.map((value, place) => {
    const x = middle(place) - step * 0.36 + width * tone;
    const [top, bottom] = [scale.y(Math.max(0, value)), scale.y(Math.min(0, value))];
    return svg("rect", { x, y: top, width, height: Math.max(0, bottom - top), class: `fill tone-${tone}` });
  }));
}

const pathOf = (values, { scale, middle }) =>
  values.map((value, place) => `${place ? "L" : "M"}${middle(place)} ${scale.y(value)}`).join(" ");

function lines(series, frame) {
  return series.flatMap((values, tone) => [
    svg("path", { d: pathOf(values, frame), class: `stroke tone-${tone}` }),
    ...values.map((value, place) => svg("circle", { cx: frame.middle(place), cy: frame.scale.y(value), r: 3, class: `fill tone-${tone}` })),
  ]);
}

function areas(series, frame) {
  const floor = frame.scale.y(0);
  return series.flatMap((values, tone) => [
    svg("path", { class: `fill area tone-${tone}`,
      d: `${pathOf(values, frame)} L${frame.middle(values.length - 1)} ${floor} L${frame.middle(0)} ${floor} Z` }),
    svg("path", { d: pathOf(values, frame), class: `stroke tone-${tone}` }),
  ]);
}

function pieOf(segments) {
  const sum = segments.reduce((total, { value }) => total + value, 0);
  const [radius, x, y] = [100, WIDTH / 2, HEIGHT / 2];
  const at = (share) => `${x + radius * Math.sin(share * 2 * Math.PI)} ${y - radius * Math.cos(share * 2 * Math.PI)}`;
  let before = 0;
  const slices = segments.map(({ value }, tone) => {
    const [from, to] = [before, before + value / sum];
    before = to;
    if (segments.length === 1) return svg("circle", { cx: x, cy: y, r: radius, class: `fill tone-${tone}` });
    const large = to - from > 0.5 ? 1 : 0;
    return svg("path", { d: `M${x} ${y} L${at(from)} A${radius} ${radius} 0 ${large} 1 ${at(to)} Z`, class: `fill slice tone-${tone}` });
  });
  return svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", class: "chart-picture" }, slices);
}

const figures = (head, rows) => h("div", { class: "table-scroll", tabindex: "0" }, h("table", {},
  h("thead", {}, h("tr", {}, head.map((words) => h("th", { scope: "col" }, words)))),
  h("tbody", {}, rows.map(([name, ...values]) => h("tr", {}, h("th", { scope: "row" }, name),
    values.map((value) => h("td", { class: "align-right" }, String(value))))))));

function pieFigures(segments) {
  return figures(["", "Value"], segments.map(({ label, value }) => [label, value]));
}

function seriesFigures({ series, axis_config: { categories } }) {
  return figures(["", ...series.map(({ name }) => name)], categories.map((category) =>
    [category, ...series.map(({ data }) => data.find(({ label }) => label === category).value)]));
}
