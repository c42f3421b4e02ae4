// Joins the parts: reads the address, follows the events of whoever is acting, and keeps the page in step.

import { api, follow, Refused } from "./api.js";
import { renderBlocks } from "./blocks.js";
import { Clock } from "./clock.js";
import { Composer } from "./composer.js";
import { Context } from "./context.js";
import { h } from "./dom.js";
import { Feed } from "./feed.js";
import { replaceKeepingFocus } from "./focus.js";
import { icon } from "./icons.js";
import { Modals } from "./modal.js";
import { plain } from "./mrkdwn.js";
import { showRejection, toast } from "./overlays.js";
import { renderSidebar } from "./sidebar.js";
import { ThreadPane } from "./thread.js";
import { ValueBook } from "./values.js";

const READ_MS = 200;
const find = (id) => document.getElementById(id);
const sessions = new Map(); // person → {channel, drafts, home}

let state = null;
let session = null;
let channel = null;
let live = true;
let stopFollowing = () => {};
let showsHome = false;
let reading = 0;

const clock = new Clock(find("clock-bar"), () => (state ? context.zone : null));
const context = new Context(() => clock.now());
const modals = new Modals({ context, dispatch });
const feed = new Feed({
  root: find("feed"), context, label: "Messages", dispatch, onShortcut: choose,
  onThread: (message) => goTo(channel, message.thread_ts ?? message.ts),
  empty: "Nothing here yet. Say hello, or type / for commands.",
});
const composer = new Composer({
  root: find("composer"), id: "composer-main", testid: "composer", commands: () => state?.commands ?? [],
  send: (text) => {
    feed.toEnd(); // whoever writes wants to see what comes of it
    return api.say(context.me, channel, text);
  },
});
const thread = new ThreadPane({ root: find("thread"), context, dispatch,
  send: (text, ts) => api.say(context.me, channel, text, ts), onClose: () => goTo(channel) });

/** Send a click or a choice; what goes wrong is told, never thrown. */
async function dispatch(container, action) {
  try {
    const answer = await api.action({ as: context.me, container, ...action });
    if (answer.ok === false) toast(answer.error ?? "The app did not take that click.");
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    toast(error.message);
  }
}

/** Choose a shortcut, of a message or from anywhere. */
function choose(shortcut, message) {
  api.shortcut(context.me, shortcut.callback_id, message).catch(tell);
}

function address() {
  const query = new URLSearchParams(location.hash.slice(1));
  return { as: query.get("as"), channel: query.get("channel"), thread: query.get("thread") };
}

function goTo(channelId, threadTs) {
  const query = new URLSearchParams({ as: context.me, channel: channelId });
  if (threadTs) query.set("thread", threadTs);
  location.hash = query.toString();
}

async function actAs(person) {
  stopFollowing();
  keepDraft();
  modals.clear();
  state = await api.state(person);
  context.fill(state);
  composer.offer(context.shortcuts, choose);
  if (!sessions.has(context.me)) sessions.set(context.me, { channel: null, drafts: new Map(), home: null });
  session = sessions.get(context.me);
  session.home = state.home ?? session.home;
  channel = null;
  clock.set(state.clock);
  for (const view of state.views ?? []) modals.show(view);
  stopFollowing = follow(context.me, { onEvent, onOpen: onLive, onLost: () => setLive(false) });
}

function onLive() {
  setLive(true);
  refresh().catch(tell);
}

function setLive(now) {
  live = now;
  showSidebar();
}

// What happened before the stream began, or in a gap, is fetched.
async function refresh() {
  const asked = context.me;
  const found = await api.state(asked);
  if (asked !== context.me) return;
  state = found;
  context.fill(state);
  clock.set(state.clock);
  showSidebar();
  await loadMessages();
}

async function route() {
  const wanted = address();
  if (!state || (wanted.as && wanted.as !== context.me)) await actAs(wanted.as);
  const known = [wanted.channel, session.channel, state.channels.find(({ kind }) => kind !== "im")?.id, state.channels[0]?.id];
  const target = known.find((id) => id && context.channels.has(id));
  if (target && target !== channel) await openChannel(target);
  showSidebar();
  if (wanted.thread && target) await thread.open(target, wanted.thread);
  else thread.close();
}

async function openChannel(id) {
  keepDraft();
  channel = id;
  session.channel = id;
  showsHome = false;
  showHeader();
  composer.address(addressee(), session.drafts.get(id));
  await loadMessages();
  if (!document.querySelector("dialog[open]") && !find("sidebar").contains(document.activeElement)) composer.focus();
}

function keepDraft() {
  if (session && channel) session.drafts.set(channel, composer.draft);
}

function addressee() {
  const room = context.channels.get(channel);
  return room.kind === "im" ? `Message ${context.nameOf(room)}` : `Message #${room.name}`;
}

async function loadMessages() {
  const asked = channel;
  if (!asked) return;
  const { messages } = await api.messages(context.me, asked);
  if (asked !== channel) return;
  feed.set(messages, asked);
  markRead();
}

function markRead() {
  if (document.hidden || !channel) return;
  Object.assign(context.channels.get(channel), { unread: 0, mention: 0 });
  showSidebar();
  const [me, read] = [context.me, channel];
  clearTimeout(reading);
  reading = setTimeout(() => api.read(me, read).catch(tell), READ_MS);
}

function showSidebar() {
  if (!state) return;
  renderSidebar(find("sidebar"), {
    state, at: channel, live, href: (id) => context.channelHref(id),
    onActAs: (person) => { location.hash = new URLSearchParams({ as: person }).toString(); },
    onMessage: (user) => api.openDm(context.me, user).then(({ channel: opened }) => addChannel(opened, true)).catch(tell),
  });
  const unread = state.channels.reduce((sum, each) => sum + each.unread, 0);
  const here = context.channels.get(channel);
  document.title = `${unread ? `(${unread}) ` : ""}${here ? context.nameOf(here) : ""} · ${state.workspace.name}`;
}

function showHeader() {
  const room = context.channels.get(channel);
  const sign = { channel: "#", private: icon("lock") }[room.kind];
  const withApp = room.kind === "im" && room.with === state.app.user_id;
  find("channel-header").replaceChildren(...[
    h("button", { type: "button", class: "icon-button menu-toggle", "aria-label": "Show channels",
      onclick: () => find("app").classList.toggle("sidebar-open") }, "☰"),
    h("h2", {}, sign ? h("span", { class: "sign", "aria-hidden": "true" }, sign) : null, context.nameOf(room)),
    room.topic ? h("p", { class: "topic" }, plain(room.topic)) : null,
    room.kind === "im" ? null : h("span",
      { class: "members", title: room.members.map((id) => context.users.get(id)?.real_name ?? id).join(", ") },
      `${room.members.length} members`),
    withApp ? homeTabs() : null].filter(Boolean));
  find("feed").classList.toggle("home", showsHome);
}

function homeTabs() {
  const tab = (words, home) => h("button",
    { type: "button", class: "tab", "aria-pressed": String(showsHome === home), onclick: () => pickTab(home) }, words);
  return h("div", { class: "tabs" }, tab("Messages", false), tab("Home", true));
}

// Looking at Home is something the app hears of; what it publishes then comes through the stream.
function pickTab(home) {
  showTab(home);
  if (home) api.openHome(context.me).catch(tell);
}

function showTab(home) {
  showsHome = home;
  showHeader();
  if (!home) return;
  if (!session.home) return;
  const container = { type: "view", view_id: session.home.id };
  const place = { context, book: new ValueBook(), dispatch: (action) => dispatch(container, action) };
  const view = h("div", { class: "home-view", tabindex: "0", data: { testid: "home" } },
    renderBlocks(session.home.blocks ?? [], place));
  const old = document.querySelector("#feed .home-view");
  if (old) replaceKeepingFocus(old, view);
  else find("feed").append(view);
}

function showOnDuty(onDuty) {
  if (JSON.stringify(state.on_duty) === JSON.stringify(onDuty)) return;
  state.on_duty = onDuty;
  showSidebar();
}

const headline = (room) => room && JSON.stringify([room.name, room.topic, room.members]);

function addChannel(added, open = false) {
  const at = state.channels.findIndex(({ id }) => id === added.id);
  const before = headline(state.channels[at]);
  if (at >= 0) state.channels[at] = added;
  else state.channels.push(added);
  context.channels.set(added.id, added);
  if (added.id === channel) {
    if (headline(added) !== before) showHeader();
    if (added.unread) markRead();
  }
  showSidebar();
  if (open) goTo(added.id);
}

function onMessage(message) {
  const replies = message.thread_ts && message.thread_ts !== message.ts;
  thread.put(message);
  if (message.channel === channel && !replies) feed.put(message);
}

const EVENTS = {
  message: ({ message }) => {
    onMessage(message);
    if (message.channel === channel) markRead();
  },
  message_changed: ({ message }) => onMessage(message),
  message_deleted: ({ channel: where, ts }) => {
    if (where === channel) feed.remove(ts);
    thread.remove(where, ts);
  },
  channel: (event) => addChannel(event.channel),
  view: ({ view }) => modals.show(view),
  view_closed: ({ view_id }) => modals.closed(view_id),
  rejected: (event) => showRejection(event, context),
  clock: (event) => {
    if (event.epoch !== undefined) clock.set(event);
    if (event.on_duty !== undefined) showOnDuty(event.on_duty);
  },
  app: ({ connected }) => {
    state.app.connected = connected;
    showSidebar();
  },
  home: ({ view }) => {
    session.home = view;
    showHeader();
    if (showsHome) showTab(true);
  },
};

function onEvent(event) {
  EVENTS[event.type]?.(event);
}

function tell(error) {
  if (!(error instanceof Refused)) throw error;
  toast(error.message);
}

// One change of address at a time, so that a slow answer never shows under the wrong name.
let routing = Promise.resolve();
const onAddress = () => { routing = routing.then(route).catch(tell); };

find("skip-link").addEventListener("click", (event) => {
  event.preventDefault(); // the address says where we are, not where the focus is
  composer.focus();
});
const hideSidebar = () => find("app").classList.remove("sidebar-open");
find("sidebar").addEventListener("click", (event) => { if (event.target.closest("a, button")) hideSidebar(); });
find("sidebar").addEventListener("keydown", (event) => { if (event.key === "Escape") hideSidebar(); });
find("feed").addEventListener("pointerdown", hideSidebar);
window.addEventListener("hashchange", onAddress);
document.addEventListener("visibilitychange", () => { if (state) markRead(); });
onAddress();
