// The left side: whose eyes we look through, the channels and the people.

import { avatar, h } from "./dom.js";

/** Build the sidebar anew; `at` names the conversation on show. */
export function renderSidebar(root, { state, at, live, href, onActAs, onMessage }) {
  const users = new Map(state.users.map((user) => [user.id, user]));
  const rooms = state.channels.filter(({ kind }) => kind !== "im");
  const direct = new Map(state.channels.filter(({ kind }) => kind === "im").map((channel) => [channel.with, channel]));
  const others = state.users.filter(({ id }) => id !== state.me);
  const focused = root.contains(document.activeElement) ? document.activeElement.id : "";
  root.replaceChildren(
    h("div", { class: "workspace" }, h("h1", {}, state.workspace.name), h("p", { class: "hint" }, "Local workspace")),
    actAs(state, users, onActAs),
    group("Channels", rooms.map((channel) => room(channel, at, href))),
    group("Direct messages", [...others].sort(byKind).map((user) => person(user, direct.get(user.id), { at, href, onMessage, live }))),
    connection(state.app, live),
  );
  if (focused) document.getElementById(focused)?.focus();
}

const byKind = (a, b) => Number(b.is_bot) - Number(a.is_bot);

function actAs(state, users, onActAs) {
  const me = users.get(state.me);
  const people = state.users.filter(({ is_bot }) => !is_bot);
  const select = h("select", { id: "act-as", class: "select", onchange: () => onActAs(select.value) },
    people.map((user) => h("option", { value: user.id, selected: user.id === state.me }, user.title ? `${user.real_name} · ${user.title}` : user.real_name)));
  return h("div", { class: "act-as" }, me ? avatar(me) : null, h("div", { class: "act-as-field" }, h("label", { for: "act-as" }, "Act as"), select));
}

function group(title, items) {
  const id = `group-${title.toLowerCase().replace(" ", "-")}`;
  return h("section", { "aria-labelledby": id }, h("h2", { id }, title), h("ul", {}, items.map((item) => h("li", {}, item))));
}

function unread(channel) {
  if (!channel?.unread) return null;
  const words = channel.mention ? `, ${channel.unread} unread, you are mentioned` : `, ${channel.unread} unread`;
  return [h("span", { class: channel.mention ? "count mentions" : "count", "aria-hidden": "true" }, channel.unread > 99 ? "99+" : String(channel.unread)), h("span", { class: "visually-hidden" }, words)];
}

function room(channel, at, href) {
  const sign = channel.kind === "private" ? "🔒" : "#";
  return h("a", { id: `to-${channel.id}`, class: channel.unread ? "row unread" : "row", href: href(channel.id), "aria-current": channel.id === at ? "page" : null, data: { testid: "channel" } },
    h("span", { class: "sign", "aria-hidden": "true" }, sign), h("span", { class: "row-name" }, channel.name), unread(channel));
}

function person(user, channel, { at, href, onMessage }) {
  const inside = [avatar(user, "small"), h("span", { class: "row-name" }, user.real_name || user.name), user.is_bot ? h("span", { class: "badge-app", "aria-hidden": "true" }, "APP") : null, unread(channel)];
  if (!channel) return h("button", { type: "button", id: `to-${user.id}`, class: "row", onclick: () => onMessage(user.id) }, inside);
  return h("a", { id: `to-${user.id}`, class: channel.unread ? "row unread" : "row", href: href(channel.id), "aria-current": channel.id === at ? "page" : null, data: { testid: "dm" } }, inside);
}

function connection(app, live) {
  const words = !live ? "Workspace is out of reach, trying again…" : app.connected ? `${app.name} is connected` : `${app.name} is not connected`;
  const state = live && app.connected ? "good" : "bad";
  return h("p", { class: `connection ${state}`, role: "status", data: { testid: "app-connection" } }, h("span", { class: "dot", "aria-hidden": "true" }), words);
}
