// The message box: Enter sends, Shift+Enter breaks the line, a slash opens the menu of commands.

import { Refused } from "./api.js";
import { freshId, h } from "./dom.js";
import { icon } from "./icons.js";
import { menuButton } from "./overlays.js";
import { SlashMenu } from "./slash.js";

export class Composer {
  #sent = "";

  /** `send(text)` answers {ok, error}; `commands()` are those of the menu. */
  constructor({ root, id, testid, send, commands }) {
    this.send = send;
    this.commands = commands;
    this.box = h("textarea", { id, rows: "1", class: "composer-box", autocomplete: "off", spellcheck: "true", data: { testid } });
    this.label = h("label", { for: id, class: "visually-hidden" }, "Message");
    this.error = h("p", { class: "composer-error", role: "alert", id: freshId("say-error"), hidden: true,
      data: { testid: `${testid}-error` } });
    this.menu = new SlashMenu(this.box, `${testid}-menu`, (text) => this.#complete(text));
    this.button = h("button", { type: "submit", class: "send", "aria-label": "Send message", title: "Send message" },
      icon("send"));
    this.shortcuts = h("span", { class: "composer-shortcuts" });
    const form = h("form", { class: "composer", onsubmit: (event) => { event.preventDefault(); this.#submit(); } },
      this.menu.list, this.label,
      h("div", { class: "composer-row" }, this.shortcuts, this.box, this.button),
      this.error, h("p", { class: "composer-hint" }, h("kbd", {}, "Enter"), " sends · ", h("kbd", {}, "Shift"), " + ",
        h("kbd", {}, "Enter"), " new line · ", h("kbd", {}, "/"), " commands"));
    this.box.addEventListener("input", () => this.#changed());
    this.box.addEventListener("keydown", (event) => this.#key(event));
    this.box.addEventListener("blur", () => this.menu.close());
    root.replaceChildren(form);
  }

  /** Where the box now writes to. */
  address(words, draft = "") {
    this.box.placeholder = words;
    this.label.textContent = words;
    this.box.value = draft;
    this.#fail("");
    this.menu.close();
    this.#grow();
  }

  /** Offer the app's global shortcuts beside the box. */
  offer(shortcuts, choose) {
    const items = shortcuts.filter(({ type }) => type === "global")
      .map((shortcut) => ({ content: shortcut.name, onPick: () => choose(shortcut) }));
    this.shortcuts.replaceChildren(...(items.length
      ? [menuButton({ label: "Shortcuts", className: "icon-button", face: icon("bolt"), items })] : []));
  }

  get draft() {
    return this.box.value;
  }

  focus() {
    this.box.focus();
  }

  #key(event) {
    if (this.menu.key(event)) event.preventDefault();
    else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.#submit();
    } else if (event.key === "ArrowUp" && this.box.value === "" && this.#sent) {
      event.preventDefault();
      this.#complete(this.#sent);
    }
  }

  #changed() {
    this.#fail("");
    this.menu.update(this.box.value, this.commands());
    this.#grow();
  }

  #complete(text) {
    this.box.value = text;
    this.#changed();
    this.box.setSelectionRange(text.length, text.length);
  }

  #grow() {
    this.box.style.height = "auto";
    this.box.style.height = `${Math.min(this.box.scrollHeight + 2, 200)}px`;
  }

  async #submit() {
    const text = this.box.value.trim();
    if (!text) return;
    this.#sent = text;
    this.box.value = "";
    this.menu.close();
    this.#fail("");
    this.#grow();
    try {
      const answer = await this.send(text);
      if (answer.ok === false) this.#fail(answer.error ?? "That did not work.");
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.#fail(error.message);
      if (!this.box.value) this.box.value = text;
    }
  }

  #fail(words) {
    this.error.textContent = words;
    this.error.hidden = words === "";
  }
}
