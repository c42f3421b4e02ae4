// Slack's own markup ("mrkdwn") as elements. Whatever is not understood stays the text it was.

import { fillDateFormat, fullInstant } from "./dates.js";
import { h, link, safeUrl } from "./dom.js";
import { circle, emoji } from "./emoji.js";

const FENCE = /```\n?([\s\S]*?)\n?```/g;
const QUOTE_LINE = /^(?:&gt;|>) ?/;
const EDGE = "[^\\p{L}\\p{N}]";
const styled = (mark) =>
  `(?<=^|${EDGE})[${mark}](?!\\s)((?:\`[^\`\\n]+\`|<[^<>\\n]+>|[^${mark}\\n])+?)(?<!\\s)[${mark}](?=$|${EDGE})`;
const INLINE = new RegExp(
  [
    "`([^`\\n]+)`",
    "<([^<>\\n]+)>",
    ":([a-z0-9_+\\-]+):",
    styled("*"),
    styled("_"),
    styled("~"),
    "(https?:\\/\\/[^\\s<>|]*[^\\s<>|.,;:!?)'\"\\]])",
  ].join("|"),
  "gu",
);

export function decode(text) {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

/** A text object or bare string of mrkdwn as a list of nodes. */
export function mrkdwn(text, context) {
  const nodes = [];
  let from = 0;
  for (const fence of text.matchAll(FENCE)) {
    nodes.push(...paragraphs(text.slice(from, fence.index), context));
    nodes.push(h("pre", { tabindex: "0" }, h("code", {}, bare(fence[1]))));
    from = fence.index + fence[0].length;
  }
  nodes.push(...paragraphs(text.slice(from), context));
  return nodes;
}

/** A Slack text object: plain_text keeps its characters (emoji names aside), mrkdwn is formatted. */
export function textObject(object, context) {
  if (!object) return [];
  return object.type === "mrkdwn" ? mrkdwn(object.text, context) : words(object);
}

/** A plain_text object: names of emoji are drawn unless it says that they stay names. */
export function words(object) {
  return object.emoji === false ? [object.text] : plain(object.text);
}

export function plain(text) {
  return [text.replace(/:([a-z0-9_+-]+):/g, (whole, name) => emoji(name) ?? whole)];
}

function bare(code) {
  return decode(code.replace(/<([^<>|\n]+)(?:\|([^<>\n]+))?>/g, (whole, target, label) =>
    safeUrl(target) ? (label ?? target) : whole));
}

function paragraphs(text, context) {
  const nodes = [];
  let quoted = [];
  let lines = [];
  const flush = () => {
    if (quoted.length) nodes.push(h("blockquote", {}, inline(quoted.join("\n"), context)));
    if (lines.length) nodes.push(h("span", { class: "lines" }, inline(lines.join("\n"), context)));
    quoted = [];
    lines = [];
  };
  const source = text.replace(/^\n|\n$/g, "");
  if (source === "") return nodes;
  let rest = false;
  for (const line of source.split("\n")) {
    const all = line.match(/^(?:&gt;|>){3} ?/);
    if (all || rest || QUOTE_LINE.test(line)) {
      if (lines.length) flush();
      rest ||= all !== null;
      quoted.push(all ? line.slice(all[0].length) : rest ? line : line.replace(QUOTE_LINE, ""));
    } else {
      if (quoted.length) flush();
      lines.push(line);
    }
  }
  flush();
  return nodes;
}

function inline(text, context) {
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(INLINE)) {
    if (match.index > from) nodes.push(decode(text.slice(from, match.index)));
    nodes.push(piece(match, context));
    from = match.index + match[0].length;
  }
  if (from < text.length) nodes.push(decode(text.slice(from)));
  return nodes;
}

function piece([whole, code, angle, emojiName, bold, italic, strike, url], context) {
  if (code) return h("code", {}, bare(code));
  if (angle) return token(angle, context) ?? decode(whole);
  if (emojiName) return emojiNode(emojiName);
  if (bold) return h("strong", {}, inline(bold, context));
  if (italic) return h("em", {}, inline(italic, context));
  if (strike) return h("s", {}, inline(strike, context));
  return link(decode(url), decode(url));
}

export function emojiNode(name) {
  const label = name.replaceAll("_", " ");
  const colour = circle(name);
  if (colour) return h("span", { class: `emoji circle circle-${colour}`, role: "img", "aria-label": label });
  const sign = emoji(name);
  return sign ? h("span", { class: "emoji", role: "img", "aria-label": label }, sign) : `:${name}:`;
}

function token(inside, context) {
  const [target, label] = inside.split(/\|(.*)/s);
  if (target.startsWith("@")) return userMention(target.slice(1), context, label);
  if (target.startsWith("#")) return channelMention(target.slice(1), context, label);
  if (target.startsWith("!date^")) return dateToken(target, label, context);
  if (target.startsWith("!subteam^")) return h("span", { class: "mention" }, decode(label ?? "@team"));
  if (["!here", "!channel", "!everyone"].includes(target)) return broadcast(target.slice(1));
  const href = safeUrl(decode(target));
  return href ? link(href, label ? inline(label, context) : decode(target)) : null;
}

export function broadcast(range) {
  return h("span", { class: "mention mention-me" }, `@${range}`);
}

export function userMention(id, context, label) {
  const person = context.users.get(id);
  const name = person ? person.real_name || person.name : label || id;
  return h("span", { class: id === context.me ? "mention mention-me" : "mention", title: person?.title }, `@${decode(name)}`);
}

export function channelMention(id, context, label) {
  const channel = context.channels.get(id);
  if (!channel) return h("span", { class: "mention" }, `#${decode(label ?? id)}`);
  return h("a", { class: "mention", href: context.channelHref(id) }, `#${channel.name}`);
}

function dateToken(target, fallback, context) {
  const [, stamp, pattern, url] = target.split("^");
  const epoch = Number(stamp);
  if (!Number.isFinite(epoch) || !pattern) return decode(fallback ?? "");
  return dateNode(epoch, decode(pattern), url, context);
}

export function dateNode(epoch, pattern, url, context) {
  const words = fillDateFormat(pattern, epoch, context.zone, context.now());
  const time = h("time", { datetime: new Date(epoch * 1000).toISOString(), title: fullInstant(epoch, context.zone) }, words);
  return url ? link(url, time) : time;
}
