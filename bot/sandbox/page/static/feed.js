// A list of messages that keeps itself in order, grouped, and at its end.

import { renderContent } from "./blocks.js";
import { dayHeading, dayOf, fullInstant, timeOf } from "./dates.js";
import { avatar, h } from "./dom.js";
import { replaceKeepingFocus } from "./focus.js";
import { icon } from "./icons.js";
import { menuButton } from "./overlays.js";

const GROUP_SECONDS = 300;
const NEAR_END_PIXELS = 120;
const MOST_ROWS = 400;

export const instantOf = (message) => (message.clock_time ? Date.parse(message.clock_time) / 1000 : Number(message.ts));

export class Feed {
  #rows = new Map(); // ts → {message, node}
  #context;

  /** `onThread(message)` opens a thread (none inside a thread); `dispatch(container, action)` sends a click;
   * `onShortcut(shortcut, message)` chooses a shortcut of a message. */
  constructor({ root, context, label, dispatch, onThread, onShortcut, empty }) {
    this.#context = context;
    this.dispatch = dispatch;
    this.onThread = onThread;
    this.onShortcut = onShortcut;
    this.empty = empty;
    this.list = h("div", { class: "feed-list", role: "log", "aria-live": "polite", "aria-label": label, tabindex: "0" });
    this.jump = h("button", { type: "button", class: "button jump-down", hidden: true, onclick: () => this.toEnd() },
      "New messages ↓");
    this.list.addEventListener("scroll", () => { if (this.#nearEnd()) this.jump.hidden = true; }, { passive: true });
    root.replaceChildren(this.list, this.jump);
  }

  /** Show what was fetched; what the stream told meanwhile is newer than that, and stays. */
  set(messages, channel) {
    this.list.setAttribute("aria-busy", "true");
    const before = this.#rows;
    this.#rows = new Map();
    for (const message of messages) {
      const old = before.get(message.ts);
      if (old && this.#isSame(old, message)) this.#rows.set(message.ts, old);
      else this.#put(message);
    }
    const newest = messages.at(-1)?.ts ?? "";
    for (const [ts, row] of before) {
      const told = ts > newest && row.message.channel === channel && row.reader === this.#context.me;
      if (told) this.#rows.set(ts, row);
    }
    this.#arrange();
    this.toEnd();
    this.list.removeAttribute("aria-busy");
  }

  get(ts) {
    return this.#rows.get(ts)?.message;
  }

  put(message) {
    const stay = !this.#nearEnd();
    const isNew = !this.#rows.has(message.ts);
    this.#put(message);
    if (this.#rows.size > MOST_ROWS) this.#rows.delete([...this.#rows.keys()].sort()[0]);
    this.#arrange();
    if (!stay) this.toEnd();
    else if (isNew) this.jump.hidden = false;
  }

  remove(ts) {
    this.#rows.get(ts)?.node.remove();
    this.#rows.delete(ts);
    this.#arrange();
  }

  toEnd() {
    this.list.scrollTop = this.list.scrollHeight;
    this.jump.hidden = true;
  }

  #nearEnd() {
    return this.list.scrollHeight - this.list.scrollTop - this.list.clientHeight < NEAR_END_PIXELS;
  }

  // Fetching again leaves what did not change as somebody has it: sorted, unfolded, with a menu open.
  #isSame(row, message) {
    return row.reader === this.#context.me && JSON.stringify(row.message) === JSON.stringify(message);
  }

  #put(message) {
    const old = this.#rows.get(message.ts);
    if (this.#waits(old, message)) return;
    const node = this.#render(message);
    if (old?.node.isConnected) replaceKeepingFocus(old.node, node);
    this.#rows.set(message.ts, { message, node, reader: this.#context.me });
  }

  // Somebody who has a menu of a message open sees its change once they have chosen.
  #waits(old, message) {
    const menu = old?.node.querySelector(":popover-open");
    menu?.addEventListener("toggle", () => this.put(message), { once: true });
    return Boolean(menu);
  }

  // Moves only what is out of place, so that an open menu or a half-typed field stays as it is.
  #arrange() {
    for (const extra of this.list.querySelectorAll(":scope > .day, :scope > .feed-empty")) extra.remove();
    const rows = [...this.#rows.values()].sort((a, b) => (a.message.ts < b.message.ts ? -1 : 1));
    if (!rows.length) this.list.replaceChildren(h("div", { class: "feed-empty" }, this.empty));
    let next = this.list.firstElementChild;
    let before = null;
    for (const { message, node } of rows) {
      if (node === next) next = next.nextElementSibling;
      else this.list.insertBefore(node, next);
      node.classList.toggle("compact", before !== null && this.#continues(before, message));
      if (!before || this.#day(before) !== this.#day(message)) node.before(this.#dayLine(message));
      before = message;
    }
    while (next) {
      const gone = next;
      next = next.nextElementSibling;
      gone.remove();
    }
  }

  #day(message) {
    return dayOf(instantOf(message), this.#context.zone);
  }

  #dayLine(message) {
    return h("div", { class: "day" }, h("span", {}, dayHeading(instantOf(message), this.#context.zone, this.#context.now())));
  }

  #continues(before, message) {
    const sameAuthor = before.user === message.user && before.bot_id === message.bot_id && before.username === message.username;
    const gap = instantOf(message) - instantOf(before);
    const plainBoth = !before.ephemeral && !message.ephemeral && !before.reply_count;
    return sameAuthor && plainBoth && Math.abs(gap) < GROUP_SECONDS && this.#day(before) === this.#day(message);
  }

  #render(message) {
    const context = this.#context;
    const author = authorOf(message, context);
    const container = { type: "message", channel: message.channel, message_ts: message.ts,
      ephemeral: Boolean(message.ephemeral) };
    const place = { context, dispatch: (action) => this.dispatch(container, action) };
    const instant = instantOf(message);
    const time = h("time", { datetime: new Date(instant * 1000).toISOString(), title: fullInstant(instant, context.zone) },
      timeOf(instant, context.zone));
    return h("article", { class: `message ${message.ephemeral ? "ephemeral" : ""}`,
      "aria-label": `${author.name}, ${timeOf(instant, context.zone)}`, data: { testid: "message", ts: message.ts } },
      h("div", { class: "message-side" }, avatar(author), time.cloneNode(true)),
      h("div", { class: "message-main" },
        message.ephemeral ? h("p", { class: "only-you" }, icon("eye"), "Only visible to you") : null,
        h("header", { class: "message-head" }, h("strong", { class: "author" }, author.name),
          author.app ? h("span", { class: "badge-app" }, "APP") : null,
          author.title ? h("span", { class: "author-title" }, author.title) : null, time),
        h("div", { class: "message-body" }, renderContent(message, place),
          message.edited ? h("span", { class: "edited" }, "(edited)") : null),
        this.#threadLink(message)),
      this.onThread && !message.ephemeral
        ? h("div", { class: "message-tools" },
          h("button", { type: "button", class: "icon-button", "aria-label": "Reply in thread", title: "Reply in thread",
          onclick: () => this.onThread(message) }, icon("reply")),
          this.#shortcuts(message))
        : null);
  }

  #shortcuts(message) {
    const items = this.#context.shortcuts.filter(({ type }) => type === "message")
      .map((shortcut) => ({ content: shortcut.name, onPick: () => this.onShortcut(shortcut, message) }));
    if (!items.length) return null;
    return menuButton({ label: "Message shortcuts", className: "icon-button", face: icon("more"), items });
  }

  #threadLink(message) {
    if (!this.onThread || !message.reply_count) return null;
    const words = message.reply_count === 1 ? "1 reply" : `${message.reply_count} replies`;
    return h("button", { type: "button", class: "replies", data: { testid: "replies" }, onclick: () => this.onThread(message) },
      words, h("span", { class: "hint" }, " View thread"));
  }
}

function authorOf(message, context) {
  const user = context.users.get(message.user);
  const app = Boolean(message.bot_id) || Boolean(user?.is_bot);
  const name = (app && message.username) || user?.real_name || user?.name || message.username || "Someone";
  return { id: message.user ?? message.bot_id ?? name, name, real_name: name, color: user?.color, title: app ? "" : user?.title,
    app };
}
