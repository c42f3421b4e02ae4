// Block Kit blocks as elements. `place` says where they stand: {context, book, dispatch}.

import { element, pictureOf } from "./elements.js";
import { freshId, h, safeUrl } from "./dom.js";
import { markdown } from "./markdown.js";
import { mrkdwn, textObject, words } from "./mrkdwn.js";
import { richText } from "./richtext.js";

function section(block, place) {
  const { context } = place;
  const words = h("div", { class: "section-text" },
    block.text ? h("div", {}, textObject(block.text, context)) : null,
    block.fields ? h("div", { class: "fields" }, block.fields.map((field) => h("div", {}, textObject(field, context)))) : null);
  if (!block.accessory) return words;
  const host = { ...place, blockId: block.block_id, label: block.text?.text };
  return h("div", { class: "section" }, words, h("div", { class: "accessory" }, element(block.accessory, host).node));
}

function contextBlock(block, { context }) {
  return block.elements.map((item) =>
    h("span", { class: "context-item" }, item.type === "image" ? pictureOf(item) : textObject(item, context)));
}

function actions(block, place) {
  return block.elements.map((spec) => element(spec, { ...place, blockId: block.block_id }).node);
}

function image(block, { context }) {
  return h("figure", {}, block.title ? h("figcaption", {}, textObject(block.title, context)) : null, pictureOf(block));
}

function input(block, place) {
  const built = element(block.element, { ...place, blockId: block.block_id, collects: true, dispatches: block.dispatch_action });
  const name = [words(block.label), block.optional ? h("span", { class: "optional" }, " (optional)") : null];
  const label = built.group ? h("div", { class: "label", id: freshId("label") }, name) : h("label",
    { class: "label", for: built.control.id }, name);
  if (built.group) built.control.setAttribute("aria-labelledby", label.id);
  const hint = block.hint ? h("p", { class: "hint", id: freshId("hint") }, words(block.hint)) : null;
  const error = h("p", { class: "field-error", id: freshId("error"), role: "alert", data: { testid: "field-error" } });
  built.control.setAttribute("aria-describedby", [hint?.id, error.id].filter(Boolean).join(" "));
  if (!block.optional && !built.group) built.control.setAttribute("aria-required", "true");
  place.fields?.set(block.block_id, { error, control: built.control });
  return [label, built.node, hint, error];
}

function table(block, place) {
  const [head = [], ...rows] = block.rows;
  const cell = (tag, content, column) => {
    const align = block.column_settings?.[column]?.align;
    const words = content.type === "rich_text" ? richText(content, place.context) : String(content.text ?? "");
    return h(tag, { class: align ? `align-${align}` : "", scope: tag === "th" ? "col" : null }, words);
  };
  return h("div", { class: "table-scroll", tabindex: "0" }, h("table", {},
    h("thead", {}, h("tr", {}, head.map((content, column) => cell("th", content, column)))),
    h("tbody", {}, rows.map((row) => h("tr", {}, row.map((content, column) => cell("td", content, column)))))));
}

function video(block, { context }) {
  const href = safeUrl(block.title_url ?? block.video_url);
  const title = textObject(block.title, context);
  return h("p", {}, "▶ ", href ? h("a", { href, target: "_blank", rel: "noopener noreferrer" }, title) : title);
}

const BUILDERS = {
  section,
  actions,
  image,
  input,
  table,
  video,
  context: contextBlock,
  header: (block) => h("h3", {}, words(block.text)),
  divider: () => h("hr"),
  rich_text: (block, { context }) => richText(block, context),
  markdown: (block) => markdown(block.text),
  alert: (block, { context }) => h("div", { class: `alert alert-${block.level ?? "default"}`, role: "note" },
    textObject(block.text, context)),
};

/** All blocks, one wrapper each. */
export function renderBlocks(blocks, place) {
  return blocks.map((block) => {
    const build = BUILDERS[block.type];
    const content = build ? build(block, place) : h("span", { class: "unknown" }, `[${block.type}]`);
    return h("div", { class: `block block-${block.type}`, data: { block: block.block_id ?? "" } }, content);
  });
}

/** What a message says: its blocks, or its text where it has none. */
export function renderContent(message, place) {
  if (message.blocks?.length) return renderBlocks(message.blocks, place);
  return [h("div", { class: "block" }, mrkdwn(message.text ?? "", place.context))];
}
