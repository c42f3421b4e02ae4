// The menu above the message box while a command is being typed.

import { freshId, h } from "./dom.js";

const KNOWS_ITSELF = /^\S+$/;

/** What could come next: commands first, then their subcommands, then the hint of the one that was chosen. */
export function suggestions(text, commands) {
  if (!text.startsWith("/") || text.includes("\n")) return { items: [], stage: "none" };
  const [word, ...rest] = text.split(/\s+/);
  if (KNOWS_ITSELF.test(text)) {
    const items = commands.filter(({ command }) => command.startsWith(word)).map((entry) => ({
      insert: `${entry.command} `, name: entry.command, hint: entry.usage_hint ?? "", description: entry.description ?? "",
    }));
    return { items, stage: "command", exact: items.some(({ name }) => name === word) };
  }
  const subcommands = commands.find(({ command }) => command === word)?.subcommands ?? [];
  const asked = rest[0] ?? "";
  if (rest.length > 1) {
    const chosen = subcommands.filter(({ name }) => name === asked);
    return { items: chosen.map((sub) => describe(word, sub, text)), stage: "arguments" };
  }
  return { items: subcommands.filter(({ name }) => name.startsWith(asked)).map((sub) => describe(word, sub)),
    stage: "subcommand" };
}

function describe(command, { name, hint, description }, insert) {
  return { insert: insert ?? `${command} ${name} `, name: `${command} ${name}`, hint: hint ?? "",
    description: description ?? "" };
}

export class SlashMenu {
  #items = [];
  #active = -1;
  #stage = "none";

  constructor(box, testid, onPick) {
    this.box = box;
    this.onPick = onPick;
    this.list = h("div", { class: "slash-menu", role: "listbox", id: freshId("slash"), hidden: true, "aria-label": "Commands",
      data: { testid } });
    box.setAttribute("role", "combobox");
    box.setAttribute("aria-autocomplete", "list");
    box.setAttribute("aria-controls", this.list.id);
    box.setAttribute("aria-expanded", "false");
  }

  get open() {
    return !this.list.hidden;
  }

  update(text, commands) {
    const { items, stage, exact } = suggestions(text, commands);
    this.#items = items;
    this.#stage = stage;
    this.#active = stage === "command" && !exact ? 0 : -1;
    this.#render();
  }

  close() {
    this.#items = [];
    this.#render();
  }

  /** True when the key was the menu's. Enter completes only what was picked, so that a typed command is sent. */
  key(event) {
    if (!this.open) return false;
    if (event.key === "Escape") this.close();
    else if (event.key === "ArrowDown" && this.#stage !== "arguments") this.#move(1);
    else if (event.key === "ArrowUp" && this.#stage !== "arguments") this.#move(-1);
    else if (event.key === "Tab" && !event.shiftKey && this.#stage !== "arguments") this.onPick(this.#items[Math.max(0,
      this.#active)].insert);
    else if (event.key === "Enter" && this.#active >= 0) this.onPick(this.#items[this.#active].insert);
    else return false;
    return true;
  }

  #move(step) {
    const count = this.#items.length;
    this.#active = this.#active < 0 && step < 0 ? count - 1 : (this.#active + step + count) % count;
    this.#render();
  }

  #render() {
    const shown = this.#items.length > 0;
    this.list.hidden = !shown;
    this.box.setAttribute("aria-expanded", String(shown));
    this.list.replaceChildren(...this.#items.map((item, place) => this.#row(item, place)));
    const active = this.list.children[this.#active];
    if (active) this.box.setAttribute("aria-activedescendant", active.id);
    else this.box.removeAttribute("aria-activedescendant");
    active?.scrollIntoView({ block: "nearest" });
  }

  #row(item, place) {
    const pick = (event) => {
      event.preventDefault(); // the box keeps the focus
      if (this.#stage !== "arguments") this.onPick(item.insert);
    };
    return h("div", { class: "slash-item", role: "option", id: `${this.list.id}-${place}`,
      "aria-selected": String(place === this.#active), onmousedown: pick },
      h("span", { class: "slash-name" }, item.name), " ", h("span", { class: "slash-hint" }, item.hint),
        h("span", { class: "slash-about" }, item.description));
  }
}
