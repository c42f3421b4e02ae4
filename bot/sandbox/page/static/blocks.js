// Block Kit blocks as elements. `place` says where they stand: {context, book, dispatch}.

import { chart } from "./charts.js";
import { element, pictureOf } from "./elements.js";
import { freshId, h, safeUrl } from "./dom.js";
import { markdown } from "./markdown.js";
import { mrkdwn, textObject, words } from "./mrkdwn.js";
import { richText } from "./richtext.js";
import { dataTable, table } from "./tables.js";

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
  data_table: dataTable,
  data_visualization: chart,
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

function files(shared) {
  return h("ul", { class: "files" }, shared.map(({ title, mimetype, permalink }) => h("li", {},
    h("a", { class: "file", href: safeUrl(permalink), target: "_blank", rel: "noopener noreferrer", data: { testid: "file" } },
      h("strong", {}, title), h("span", { class: "hint" }, mimetype)))));
}

/** What a message says: its blocks, or its text where it has none. */
export function renderContent(message, place) {
  const blocks = message.blocks?.length ? renderBlocks(message.blocks, place)
    : [h("div", { class: "block" }, mrkdwn(message.text ?? "", place.context))];
  return message.files?.length ? [...blocks, files(message.files)] : blocks;
}
