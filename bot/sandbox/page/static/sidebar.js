// The left side: whose eyes we look through, the channels and the people.

import { avatar, h } from "./dom.js";
import { icon } from "./icons.js";

let shown = "";
let chooser = { of: "", node: null };

/** Build the sidebar anew where something changed; `at` names the conversation on show. */
export function renderSidebar(root, { state, at, live, href, onActAs, onMessage }) {
  const now = JSON.stringify([state.me, state.users, state.channels, state.app, state.on_duty, at, live]);
  if (now === shown) return; // a click or an open list must not lose what it was aimed at
  shown = now;
  const users = new Map(state.users.map((user) => [user.id, user]));
  const rooms = state.channels.filter(({ kind }) => kind !== "im");
  const direct = new Map(state.channels.filter(({ kind }) => kind === "im").map((channel) => [channel.with, channel]));
  const others = state.users.filter(({ id }) => id !== state.me);
  const focused = root.contains(document.activeElement) ? document.activeElement.id : "";
  root.replaceChildren(
    h("div", { class: "workspace" }, h("h1", {}, state.workspace.name), h("p", { class: "hint" }, "Local workspace")),
    chooserFor(state, users, onActAs),
    group("Channels", rooms.map((channel) => room(channel, at, href))),
    group("Direct messages", [...others].sort(byKind).map((user) => person(user, direct.get(user.id),
      { at, href, onMessage, live }))),
    connection(state.app, live),
  );
  if (focused) document.getElementById(focused)?.focus();
}

const byKind = (a, b) => Number(b.is_bot) - Number(a.is_bot);

function chooserFor(state, users, onActAs) {
  const of = JSON.stringify([state.me, state.users, state.on_duty]);
  if (of !== chooser.of) chooser = { of, node: actAs(state, users, onActAs) };
  return chooser.node;
}

function actAs(state, users, onActAs) {
  const me = users.get(state.me);
  const people = state.users.filter(({ is_bot }) => !is_bot);
  const select = h("select", { id: "act-as", class: "select", onchange: () => onActAs(select.value) },
    [...Map.groupBy(people, ({ title }) => title || "People")].map(([title, same]) =>
      h("optgroup", { label: title }, same.map((user) => h("option", { value: user.id, selected: user.id === state.me },
        `${user.real_name || user.name}${user.id === state.on_duty?.person ? ` · ${state.on_duty.words}` : ""}`)))));
  return h("div", { class: "act-as" }, me ? avatar(me) : null,
    h("div", { class: "act-as-field" }, h("label", { for: "act-as" }, "Act as"), select,
      h("p", { class: "hint" }, state.me === state.on_duty?.person ? `${me?.title ?? ""}, ${state.on_duty.words}` : me?.title ?? "")));
}

function group(title, items) {
  const id = `group-${title.toLowerCase().replace(" ", "-")}`;
  return h("section", { "aria-labelledby": id }, h("h2", { id }, title), h("ul", {}, items.map((item) => h("li", {}, item))));
}

// A link keeps the bare name as its own, so that it can be found by it; what is unread describes it.
function row(id, channel, inside, { at, href, kind }) {
  const news = channel.unread ? h("span", { hidden: true, id: `news-${id}` },
    channel.mention ? `${channel.unread} unread, you are mentioned` : `${channel.unread} unread`) : null;
  const count = news && h("span", { class: channel.mention ? "count mentions" : "count", "aria-hidden": "true",
    data: { testid: "unread" } }, channel.unread > 99 ? "99+" : String(channel.unread));
  const link = h("a", { id, class: news ? "row unread" : "row", href: href(channel.id),
    "aria-current": channel.id === at ? "page" : null, "aria-describedby": news?.id, data: { testid: kind } }, inside, count);
  return [link, news];
}

function room(channel, at, href) {
  const sign = channel.kind === "private" ? icon("lock") : "#";
  const inside = [h("span", { class: "sign", "aria-hidden": "true" }, sign), h("span", { class: "row-name" }, channel.name)];
  return row(`to-${channel.id}`, channel, inside, { at, href, kind: "channel" });
}

function person(user, channel, { at, href, onMessage }) {
  const name = user.real_name || user.name;
  const inside = [avatar(user, "small"), h("span", { class: "row-name" }, name),
    user.is_bot ? h("span", { class: "badge-app", "aria-hidden": "true" }, "APP") : null];
  if (!channel) return h("button", { type: "button", id: `to-${user.id}`, class: "row", onclick: () => onMessage(user.id) },
    inside);
  return row(`to-${user.id}`, channel, inside, { at, href, kind: "dm" });
}

function connection(app, live) {
  const bot = app.connected ? `${app.name} is connected` : `${app.name} is not connected`;
  const words = live ? bot : "Workspace is out of reach, trying again…";
  const state = live && app.connected ? "good" : "bad";
  return h("p", { class: `connection ${state}`, role: "status", data: { testid: "app-connection" } },
    h("span", { class: "dot", "aria-hidden": "true" }), words);
}
