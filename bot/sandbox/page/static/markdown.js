// The markdown block: ordinary Markdown, the part of it that bots write.

import { h, link } from "./dom.js";
import { plain } from "./mrkdwn.js";

const INLINE = /`([^`\n]+)`|\*\*(.+?)\*\*|__(.+?)__|(?<![\w*])\*([^*\n]+)\*|(?<!\w)_([^_\n]+)_(?!\w)|~~(.+?)~~|!?\[([^\]\n]*)\]\(([^()\s]+)\)/g;

function inline(text) {
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(INLINE)) {
    nodes.push(...plain(text.slice(from, match.index)), piece(match));
    from = match.index + match[0].length;
  }
  return [...nodes, ...plain(text.slice(from))];
}

function piece([, code, strong, strong2, em, em2, strike, label, url]) {
  if (code) return h("code", {}, code);
  if (strong ?? strong2) return h("strong", {}, inline(strong ?? strong2));
  if (em ?? em2) return h("em", {}, inline(em ?? em2));
  if (strike) return h("s", {}, inline(strike));
  return link(url, label || url);
}

const KINDS = [
  { name: "heading", at: /^(#{1,6})\s+(.*)$/ },
  { name: "rule", at: /^\s*([-*_])(\s*\1){2,}\s*$/ },
  { name: "bullet", at: /^\s*[-*+]\s+(.*)$/ },
  { name: "ordered", at: /^\s*\d+[.)]\s+(.*)$/ },
  { name: "quote", at: /^>\s?(.*)$/ },
  { name: "table", at: /^\s*\|(.*)\|\s*$/ },
  { name: "blank", at: /^\s*$/ },
];

function kindOf(line) {
  for (const { name, at } of KINDS) {
    const found = line.match(at);
    if (found) return { name, text: found.at(-1) ?? "", line, level: found[1]?.length };
  }
  return { name: "text", text: line, line };
}

const BUILD = {
  heading: ([first]) => h("p", { class: `md-heading md-heading-${Math.min(first.level, 3)}` }, h("strong", {}, inline(first.text))),
  rule: () => h("hr"),
  bullet: (lines) => h("ul", {}, lines.map(({ text }) => h("li", {}, inline(text)))),
  ordered: (lines) => h("ol", {}, lines.map(({ text }) => h("li", {}, inline(text)))),
  quote: (lines) => h("blockquote", {}, inline(lines.map(({ text }) => text).join("\n"))),
  table: (lines) => table(lines.map(({ text }) => text.split("|").map((cell) => cell.trim()))),
  text: (lines) => h("p", { class: "lines" }, inline(lines.map(({ text }) => text).join("\n"))),
  blank: () => null,
};

function table(rows) {
  const body = rows.filter((cells) => !cells.every((cell) => /^:?-+:?$/.test(cell)));
  const [head, ...others] = body;
  return h("div", { class: "table-scroll" }, h("table", {},
    h("thead", {}, h("tr", {}, head.map((cell) => h("th", { scope: "col" }, inline(cell))))),
    h("tbody", {}, others.map((cells) => h("tr", {}, cells.map((cell) => h("td", {}, inline(cell))))))));
}

function blocks(text) {
  const groups = [];
  for (const line of text.split("\n").map(kindOf)) {
    const last = groups.at(-1);
    const joins = last && last[0].name === line.name && !["heading", "rule"].includes(line.name);
    if (joins) last.push(line);
    else groups.push([line]);
  }
  return groups.map((group) => BUILD[group[0].name](group));
}

export function markdown(text) {
  const nodes = [];
  text.split(/^```[^\n]*\n([\s\S]*?)\n?^```\s*$/m).forEach((part, place) => {
    if (place % 2) nodes.push(h("pre", { tabindex: "0" }, h("code", {}, part)));
    else nodes.push(...blocks(part));
  });
  return h("div", { class: "markdown" }, nodes);
}
