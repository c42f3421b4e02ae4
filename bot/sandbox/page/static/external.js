// A menu whose options the app looks up while one types.

import { api, Refused } from "./api.js";
import { freshId, h } from "./dom.js";
import { act } from "./options.js";

const PAUSE_MS = 150;
const USUAL_QUERY_LENGTH = 3;

/** A field with a list below it; what was typed counts once it is one of the options. */
export function externalSelect(spec, host) {
  const start = host.before ? host.before.selected_option : spec.initial_option;
  let offered = start ? [start] : [];
  let timer = null;
  const list = h("datalist", { id: freshId("options") });
  const control = h("input", { class: "field", id: freshId("search"), list: list.id, autocomplete: "off",
    placeholder: spec.placeholder?.text ?? "Type to search", value: start?.text.text ?? "" });
  const chosen = () => offered.find(({ text }) => text.text === control.value) ?? null;

  async function search() {
    if (control.value.length < (spec.min_query_length ?? USUAL_QUERY_LENGTH)) return;
    const asked = { block_id: host.blockId, action_id: spec.action_id, query: control.value };
    try {
      const { options } = await api.options(host.context.me, host.container.view_id, asked);
      offered = options ?? [];
      list.replaceChildren(...offered.map(({ text }) => h("option", { value: text.text })));
    } catch (error) {
      if (!(error instanceof Refused)) throw error; // nothing is offered while the app does not answer
    }
  }

  control.addEventListener("focus", search);
  control.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(search, PAUSE_MS);
  });
  control.addEventListener("change", () => {
    if (host.speaks && chosen()) act(spec, host, { selected_option: chosen() }, control);
  });
  return {
    node: h("span", { class: "menu-anchor" }, control, list), control,
    read: () => ({ type: spec.type, selected_option: chosen() }),
  };
}
