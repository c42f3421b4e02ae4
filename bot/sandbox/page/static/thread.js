// The pane at the right: one message, its replies, and a box to answer in.

import { api } from "./api.js";
import { Composer } from "./composer.js";
import { h } from "./dom.js";
import { Feed } from "./feed.js";

export class ThreadPane {
  #channel = null;
  #root = null;

  constructor({ root, context, dispatch, send, onClose }) {
    this.pane = root;
    this.context = context;
    const list = h("div", { class: "thread-feed" });
    const box = h("div", {});
    this.where = h("span", { class: "hint" });
    root.dataset.testid = "thread";
    root.append(
      h("header", { class: "thread-header" }, h("h2", {}, "Thread"), this.where,
        h("button", { type: "button", class: "icon-button", "aria-label": "Close thread", onclick: onClose }, "✕")),
      list, box);
    root.addEventListener("keydown", (event) => { if (event.key === "Escape" && !event.defaultPrevented) onClose(); });
    this.feed = new Feed({ root: list, context, label: "Replies", dispatch, onThread: null, empty: "This thread is gone." });
    this.composer = new Composer({ root: box, id: "composer-thread", testid: "thread-composer", commands: () => [],
      send: (text) => send(text, this.#root) });
  }

  async open(channel, root) {
    if (this.#channel === channel && this.#root === root) return;
    this.#channel = channel;
    this.#root = root;
    this.where.textContent = this.context.nameOf(this.context.channels.get(channel));
    const { messages } = await api.messages(this.context.me, channel, root);
    if (this.#root !== root) return;
    this.pane.hidden = false;
    this.pane.parentElement.classList.add("with-thread");
    this.feed.set(messages);
    this.composer.address("Reply…");
    this.composer.focus();
  }

  close() {
    const back = this.pane.contains(document.activeElement) ? `article[data-ts="${CSS.escape(this.#root)}"] :is(.replies, .icon-button)` : null;
    this.#channel = null;
    this.#root = null;
    this.feed.set([]);
    this.pane.hidden = true;
    this.pane.parentElement.classList.remove("with-thread");
    if (back) document.querySelector(back)?.focus();
  }

  put(message) {
    const belongs = message.ts === this.#root || message.thread_ts === this.#root;
    if (this.#root && message.channel === this.#channel && belongs) this.feed.put(message);
  }

  remove(channel, ts) {
    if (channel === this.#channel) this.feed.remove(ts);
  }
}
