// Elements with several options in view: checkboxes, radio buttons, multi-selects and the overflow menu.

import { freshId, h, safeUrl } from "./dom.js";
import { plain, textObject, words } from "./mrkdwn.js";
import { act, DIRECTORIES, optionsOf } from "./options.js";
import { menuButton, placeBelow } from "./overlays.js";

function optionRow(type, name, option, checked, context) {
  const box = h("input", { type, name, id: freshId("box"), checked });
  const words = h("label", { for: box.id }, textObject(option.text, context));
  const hint = option.description ? h("span", { class: "hint", id: freshId("hint") },
    textObject(option.description, context)) : null;
  if (hint) box.setAttribute("aria-describedby", hint.id);
  return { box, option, row: h("div", { class: "box-row" }, box, h("div", {}, words, hint)) };
}

/** Radio buttons or checkboxes. */
export function boxes(type) {
  const single = type === "radio";
  return (spec, host) => {
    const chosen = initialValues(spec, host, single);
    const name = freshId("group");
    const rows = spec.options.map((option) => optionRow(type, name, option, chosen.has(option.value), host.context));
    const picked = () => rows.filter(({ box }) => box.checked).map(({ option }) => option);
    const fields = () => (single ? { selected_option: picked()[0] ?? null } : { selected_options: picked() });
    const node = h("div", { class: "boxes", role: single ? "radiogroup" : "group", tabindex: "-1" }, rows.map(({ row }) => row));
    let before = new Set(picked());
    node.addEventListener("change", async () => {
      if (!host.speaks) return;
      if (await act(spec, host, fields(), node)) before = new Set(picked());
      else for (const { box, option } of rows) box.checked = before.has(option);
    });
    return { node, control: node, group: true, read: () => ({ type: spec.type, ...fields() }) };
  };
}

function initialValues(spec, host, single) {
  const from = host.before ?? { selected_option: spec.initial_option, selected_options: spec.initial_options };
  const options = single ? [from.selected_option] : (from.selected_options ?? []);
  return new Set(options.filter(Boolean).map(({ value }) => value));
}

const STATIC = {
  field: "selected_options",
  initial: "initial_options",
  keyOf: (option) => option.value,
  list: (spec) => optionsOf(spec).map(({ option }) => ({ key: option.value, text: option.text.text, state: option })),
};

function directory(kind) {
  const { field, initial, list } = DIRECTORIES[kind];
  return {
    field: `${field}s`,
    initial: `${initial}s`,
    keyOf: (id) => id,
    list: (_spec, context) => list(context).map(({ key, text }) => ({ key, text, state: key })),
  };
}

/** Several out of a list: a button that says what is chosen and opens the list as checkboxes. */
export function multiSelect(kind) {
  return (spec, host) => {
    const source = kind === "static" ? STATIC : directory(kind);
    const entries = source.list(spec, host.context);
    const start = (host.before ? host.before[source.field] : spec[source.initial]) ?? [];
    const chosen = new Set(start.map(source.keyOf));
    const face = h("span", { class: "multi-face" });
    const list = h("div", { class: "menu multi-list", popover: "auto", role: "group",
      "aria-label": spec.placeholder?.text ?? "Choose" });
    const control = h("button", { type: "button", class: "select multi", id: freshId("multi"), "aria-haspopup": "true" }, face);
    control.popoverTargetElement = list;
    list.addEventListener("toggle", (event) => {
      if (event.newState !== "open") return;
      placeBelow(list, control);
      list.querySelector("input")?.focus();
    });
    const picked = () => entries.filter(({ key }) => chosen.has(key));
    const fields = () => ({ [source.field]: picked().map(({ state }) => state) });
    const show = () => {
      face.textContent = picked().map(({ text }) => text).join(", ") || (spec.placeholder?.text ?? "Choose…");
      const full = chosen.size >= (spec.max_selected_items ?? Infinity);
      for (const box of list.querySelectorAll("input")) box.disabled = full && !box.checked;
    };
    list.append(...entries.map(({ key, text }) => {
      const box = h("input", { type: "checkbox", checked: chosen.has(key), onchange: () => {
        if (box.checked) chosen.add(key);
        else chosen.delete(key);
        show();
        if (host.speaks) act(spec, host, fields(), control);
      } });
      return h("label", { class: "menu-item" }, box, " ", plain(text));
    }));
    show();
    return { node: h("span", { class: "menu-anchor" }, control, list), control, read: () => ({ type: spec.type, ...fields() }) };
  };
}

/** A menu that acts on what is chosen from it: `entries` are {key, text, label, state, group}. */
export function choiceMenu(spec, host, { entries, initialKey, none }) {
  const label = spec.placeholder?.text ?? "Select an item";
  let chosen = entries.find(({ key }) => key === initialKey);
  const face = h("span", {}, plain(chosen?.label ?? label));
  const pick = async (entry) => {
    if (!(await act(spec, host, entry.state, control))) return;
    chosen = entry;
    face.replaceChildren(...plain(entry.label));
    control.setAttribute("aria-description", entry.label);
  };
  const items = entries.map((entry) => ({ content: entry.text, group: entry.group, onPick: () => pick(entry) }));
  const node = menuButton({ label, className: "select", face, items });
  const control = node.querySelector("button");
  if (chosen) control.setAttribute("aria-description", chosen.label);
  return { node, control, read: () => ({ type: spec.type, ...(chosen?.state ?? none) }) };
}

export function overflow(spec, host) {
  const items = spec.options.map((option) => ({
    content: [h("span", {}, words(option.text)),
      option.description ? h("span", { class: "hint" }, words(option.description)) : null],
    href: safeUrl(option.url),
    onPick: () => act(spec, host, { selected_option: option }, node.querySelector("button")),
  }));
  const node = menuButton({ label: "More actions", className: "button overflow", face: "⋯", items });
  return { node, control: node.querySelector("button") };
}
