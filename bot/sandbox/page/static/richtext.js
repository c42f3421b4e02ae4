// Rich text blocks: sections, lists, quotes and preformatted text.

import { h, link } from "./dom.js";
import { broadcast, channelMention, dateNode, emojiNode, userMention } from "./mrkdwn.js";

const STYLES = { code: "code", bold: "strong", italic: "em", strike: "s", underline: "u", highlight: "mark" };

const PIECES = {
  text: (piece) => piece.text,
  link: (piece) => link(piece.url, piece.text || piece.url),
  user: (piece, context) => userMention(piece.user_id, context),
  usergroup: (piece) => h("span", { class: "mention" }, `@${piece.usergroup_id}`),
  team: (piece) => piece.team_id,
  channel: (piece, context) => channelMention(piece.channel_id, context),
  broadcast: (piece) => broadcast(piece.range),
  emoji: (piece) => emojiNode(piece.name),
  date: (piece, context) => dateNode(piece.timestamp, piece.format, piece.url, context),
  color: (piece) => h("code", {}, piece.value),
};

function inline(piece, context) {
  let node = PIECES[piece.type]?.(piece, context) ?? "";
  for (const [name, tag] of Object.entries(STYLES)) {
    if (piece.style?.[name]) node = h(tag, {}, node);
  }
  return node;
}

const pieces = (element, context) => (element.elements ?? []).map((piece) => inline(piece, context));

const PARTS = {
  rich_text_section: (part, context) => h("p", { class: "lines" }, pieces(part, context)),
  rich_text_quote: (part, context) => h("blockquote", {}, pieces(part, context)),
  rich_text_preformatted: (part, context) => h("pre", { tabindex: "0" }, h("code", {}, pieces(part, context))),
  rich_text_list: (part, context) =>
    h(part.style === "ordered" ? "ol" : "ul",
      { class: `indent-${part.indent ?? 0}`, start: part.offset ? part.offset + 1 : null },
      part.elements.map((item) => h("li", {}, pieces(item, context)))),
};

export function richText(block, context) {
  return h("div", { class: "rich-text" }, block.elements.map((part) => PARTS[part.type]?.(part, context)));
}
