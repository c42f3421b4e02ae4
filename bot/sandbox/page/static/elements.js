// Interactive elements. Each builder answers a node, the control a label belongs to, and how to read its value.
//
// A host says where the element stands: {context, blockId, book, label, collects, dispatch}. One that `collects`
// is in an input block: its value travels with the form, and it speaks up at once only where asked to.

import { externalSelect } from "./external.js";
import { boxes, choiceMenu, multiSelect, overflow } from "./choices.js";
import { freshId, h, safeUrl } from "./dom.js";
import { icon } from "./icons.js";
import { words } from "./mrkdwn.js";
import { act, DIRECTORIES, optionsOf } from "./options.js";

const YEARS_BEGIN = "1900";

function button(spec, host) {
  const label = words(spec.text);
  const className = `button ${["primary", "danger"].includes(spec.style) ? spec.style : ""}`;
  const name = { "aria-label": spec.accessibility_label };
  const href = safeUrl(spec.url);
  const press = () => act(spec, host, spec.value === undefined ? {} : { value: spec.value }, control);
  const control = href
    ? h("a", { ...name, class: `${className} link-button`, href, target: "_blank", rel: "noopener noreferrer", onclick: press },
      label)
    : h("button", { ...name, type: "button", class: className, onclick: () => control.getAttribute("aria-busy") || press() },
      label);
  return { node: control, control };
}

// One choice out of a list: `entries` are {key, text, label, state, group}. Where a choice acts at once it is a menu: the arrows
// move through a list of the browser by choosing, and would act on the first line they meet.
function select(entries, initialKey, none) {
  return (spec, host) => {
    if (!host.collects) return choiceMenu(spec, host, { entries, initialKey, none });
    const blank = h("option", { value: "" },
      spec.placeholder ? words(spec.placeholder) : "Choose…");
    const control = h("select", { class: "select", id: freshId("select") }, blank, grouped(entries));
    control.value = initialKey ?? "";
    const read = () => ({ type: spec.type, ...(entries.find(({ key }) => key === control.value)?.state ?? none) });
    let before = control.value;
    control.addEventListener("change", async () => {
      if (!host.speaks || control.value === "") return;
      const { type: _type, ...fields } = read();
      if (await act(spec, host, fields, control)) before = control.value;
      else control.value = before;
    });
    return { node: control, control, read };
  };
}

function grouped(entries) {
  const nodes = [];
  for (const { key, text, group } of entries) {
    const option = h("option", { value: key }, text);
    const last = nodes.at(-1);
    if (!group) nodes.push(option);
    else if (last?.label === group) last.append(option);
    else nodes.push(h("optgroup", { label: group }, option));
  }
  return nodes;
}

function staticSelect(spec, host) {
  const entries = optionsOf(spec).map(({ option, group }, place) => ({
    key: String(place), text: words(option.text), label: option.text.text, group, state: { selected_option: option },
  }));
  const before = host.before?.selected_option ?? (host.before ? null : spec.initial_option);
  const initial = entries.find(({ state }) => before && state.selected_option.value === before.value);
  return select(entries, initial?.key, { selected_option: null })(spec, host);
}

function directorySelect(kind) {
  const { field, initial, list } = DIRECTORIES[kind];
  return (spec, host) => {
    const entries = list(host.context).map(({ key, text }) => ({ key, text, label: text, state: { [field]: key } }));
    const chosen = host.before ? host.before[field] : spec[initial];
    return select(entries, chosen, { [field]: null })(spec, host);
  };
}

// Pickers of the browser: `toState` turns the control's text into the value Slack sends.
function picker(type, field, initial, { toState = (text) => text, toText = (value) => value } = {}) {
  return (spec, host) => {
    const start = host.before ? host.before[field] : spec[initial];
    const control = h("input", { type, class: "field picker", id: freshId(type),
      value: start === undefined || start === null ? "" : toText(start) });
    const read = () => ({ type: spec.type, [field]: control.value ? toState(control.value) : null });
    control.addEventListener("change", () => {
      const complete = control.value !== "" && (type === "time" || control.value >= YEARS_BEGIN);
      if (host.speaks && complete) act(spec, host, { [field]: read()[field] }, control);
    });
    return { node: control, control, read };
  };
}

const asLocal = (epoch) => {
  const date = new Date(epoch * 1000);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
};
const asEpoch = { toState: (text) => Math.floor(Date.parse(text) / 1000), toText: asLocal };

function textInput(inputType) {
  return (spec, host) => {
    const start = host.before ? host.before.value : spec.initial_value;
    const shared = {
      class: "field", id: freshId("field"), placeholder: spec.placeholder?.text,
        maxlength: spec.max_length ?? (inputType === "text" ? 3000 : null),
      value: start ?? "", autocomplete: "off",
    };
    const numbers = inputType === "number" ? { min: spec.min_value, max: spec.max_value,
      step: spec.is_decimal_allowed ? "any" : "1" } : {};
    const control = spec.multiline ? h("textarea", { ...shared, rows: "4" }) : h("input",
      { ...shared, ...numbers, type: inputType });
    control.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || spec.multiline || !host.speaks) return;
      event.preventDefault();
      act(spec, host, { value: control.value }, control);
    });
    return { node: control, control, read: () => ({ type: spec.type, value: control.value === "" ? null : control.value }) };
  };
}

function picture(spec) {
  return { node: pictureOf(spec) };
}

/** An image of this workspace, or its description: nothing is fetched from elsewhere. */
export function pictureOf({ image_url, alt_text }) {
  const local = image_url && new URL(image_url, location.href).origin === location.origin;
  if (local) return h("img", { src: image_url, alt: alt_text, loading: "lazy" });
  const href = safeUrl(image_url);
  return h("span", { class: "picture-card" }, icon("picture"), alt_text,
    href ? h("a", { href, target: "_blank", rel: "noopener noreferrer" }, "Open image") : null);
}

const BUILDERS = {
  button,
  image: picture,
  overflow,
  static_select: staticSelect,
  external_select: externalSelect,
  users_select: directorySelect("users"),
  channels_select: directorySelect("channels"),
  conversations_select: directorySelect("conversations"),
  multi_static_select: multiSelect("static"),
  multi_users_select: multiSelect("users"),
  multi_channels_select: multiSelect("channels"),
  multi_conversations_select: multiSelect("conversations"),
  radio_buttons: boxes("radio"),
  checkboxes: boxes("checkbox"),
  datepicker: picker("date", "selected_date", "initial_date"),
  timepicker: picker("time", "selected_time", "initial_time"),
  datetimepicker: picker("datetime-local", "selected_date_time", "initial_date_time", asEpoch),
  plain_text_input: textInput("text"),
  number_input: textInput("number"),
  url_text_input: textInput("url"),
  email_text_input: textInput("email"),
};

/** Build one element in its place; what carries a value is entered in the host's book. */
export function element(spec, place) {
  const build = BUILDERS[spec.type];
  if (!build) return { node: h("span", { class: "unknown" }, `[${spec.type}]`) };
  const before = place.book?.before(place.blockId, spec.action_id) ?? null;
  const host = { ...place, before, speaks: !place.collects || place.dispatches };
  const built = build(spec, host);
  if (built.read) place.book?.add(place.blockId, spec.action_id, built.read);
  if (built.control) {
    built.control.dataset.action = spec.action_id ?? "";
    built.control.dataset.block = place.blockId ?? "";
    if (spec.focus_on_load) built.control.setAttribute("autofocus", "");
    if (!place.collects && !built.control.matches("button, a")) {
      built.control.setAttribute("aria-label", spec.placeholder?.text || place.label || spec.type.replaceAll("_", " "));
    }
  }
  return built;
}

