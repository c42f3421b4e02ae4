// Things that lie above the page: dialogs, menus, notices, toasts.

import { freshId, h } from "./dom.js";
import { focusAgain } from "./focus.js";
import { textObject } from "./mrkdwn.js";

const TOAST_MS = 7000;
const openers = new WeakMap(); // dialog → what had the focus before it
const notices = document.getElementById("notices");

/** A modal dialog of the browser's own: it keeps the focus inside and gives it back. `onDismiss` runs on Escape. */
export function openDialog({ label, className = "", content, onDismiss, testid }) {
  const dialog = h("dialog", { class: className, role: "dialog", "aria-modal": "true", "aria-label": label,
    data: testid ? { testid } : {} }, content);
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    onDismiss();
  });
  openers.set(dialog, document.activeElement);
  document.body.append(dialog);
  dialog.showModal();
  placeNotices();
  return dialog;
}

export function closeDialog(dialog) {
  dialog.close();
  if (dialog.contains(notices)) document.body.prepend(notices);
  dialog.remove();
  placeNotices();
  focusAgain(openers.get(dialog));
}

// What lies outside the topmost dialog cannot be clicked, so notices move into it.
function placeNotices() {
  const top = [...document.querySelectorAll("dialog[open]")].at(-1);
  if (top && !top.contains(notices)) top.append(notices);
}

/** Ask before acting, as the element's confirm object says; resolves to yes or no. */
export function askToConfirm(confirm, context) {
  return new Promise((resolve) => {
    const answer = (yes) => {
      closeDialog(dialog);
      resolve(yes);
    };
    const style = confirm.style === "danger" ? "danger" : "primary";
    const content = h("div", { class: "dialog-card" },
      h("header", { class: "dialog-header" }, h("h2", {}, textObject(confirm.title, context))),
      h("div", { class: "dialog-body" }, textObject(confirm.text, context)),
      h("footer", { class: "dialog-footer" },
        h("button", { type: "button", class: "button", onclick: () => answer(false) },
          confirm.deny ? textObject(confirm.deny, context) : "Cancel"),
        h("button", { type: "button", class: `button ${style}`, autofocus: true, onclick: () => answer(true) },
          confirm.confirm ? textObject(confirm.confirm, context) : "Yes")));
    const dialog = openDialog({ label: confirm.title.text, className: "confirm", content, testid: "confirm",
      onDismiss: () => answer(false) });
  });
}

/** A button that opens a small menu below itself; arrow keys and first letters move, Escape returns. */
export function menuButton({ label, className, face, items }) {
  const menu = h("div", { class: "menu", role: "menu", id: freshId("menu"), popover: "auto", "aria-label": label });
  const button = h("button", { type: "button", class: className, "aria-haspopup": "menu", "aria-label": label,
    "aria-expanded": "false" }, face);
  menu.append(...items.flatMap((item, place) => [
    ...(item.group && item.group !== items[place - 1]?.group ? [h("div", { class: "menu-group", role: "presentation" }, item.group)] : []),
    menuItem(item, menu, button)]));
  button.popoverTargetElement = menu;
  menu.addEventListener("toggle", (event) => {
    const open = event.newState === "open";
    button.setAttribute("aria-expanded", String(open));
    if (open) {
      placeBelow(menu, button);
      linesOf(menu)[0]?.focus();
    }
  });
  menu.addEventListener("keydown", (event) => moveInMenu(event, menu));
  return h("span", { class: "menu-anchor" }, button, menu);
}

function menuItem({ content, onPick, href }, menu, button) {
  const pick = () => {
    menu.hidePopover();
    button.focus();
    onPick();
  };
  if (href) return h("a", { role: "menuitem", class: "menu-item", tabindex: "-1", href, target: "_blank",
    rel: "noopener noreferrer", onclick: pick }, content);
  return h("button", { type: "button", role: "menuitem", class: "menu-item", tabindex: "-1", onclick: pick }, content);
}

const linesOf = (menu) => [...menu.querySelectorAll("[role=menuitem]")];

// Arrows go from line to line, a letter to the next line that begins with it, Tab on to what follows the menu.
function moveInMenu(event, menu) {
  const items = linesOf(menu);
  const at = items.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key] ?? beginningWith(event, items, at);
  if (event.key === "Tab") menu.hidePopover();
  if (to === undefined) return;
  event.preventDefault();
  items.at(to % items.length)?.focus();
}

function beginningWith({ key, ctrlKey, metaKey, altKey }, items, at) {
  if (key.length !== 1 || key === " " || ctrlKey || metaKey || altKey) return undefined;
  const begins = (item) => item.textContent.trim().toLowerCase().startsWith(key.toLowerCase());
  const order = items.map((_, step) => (at + 1 + step) % items.length);
  return order.find((place) => begins(items[place]));
}

export function placeBelow(menu, anchor) {
  const box = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const below = box.bottom + 4;
  menu.style.left = `${Math.max(8, Math.min(box.left, innerWidth - width - 8))}px`;
  menu.style.top = `${below + height > innerHeight - 8 ? Math.max(8, box.top - height - 4) : below}px`;
}

/** One line that goes away by itself. */
export function toast(words) {
  const node = h("div", { class: "toast", role: "alert", data: { testid: "toast" } }, h("span", {}, words),
    h("button", { type: "button", class: "icon-button", "aria-label": "Dismiss message", onclick: () => node.remove() }, "✕"));
  notices.append(node);
  setTimeout(() => node.remove(), TOAST_MS);
}

/** What the bot sent and Slack would not take: which call, which error, and where. */
export function showRejection({ method, error, detail = [], channel, text }, context) {
  const where = context.channels.get(channel)?.name;
  const node = h("section", { class: "rejection", role: "alert", data: { testid: "rejected" } },
    h("div", { class: "rejection-head" },
      h("strong", {}, "Slack would reject this"),
      h("button", { type: "button", class: "icon-button", "aria-label": "Dismiss rejection", onclick: () => node.remove() },
        "✕")),
    h("p", {}, h("code", {}, method), " → ", h("code", {}, error), where ? ` in ${where}` : ""),
    detail.length ? h("ul", {}, detail.map((line) => h("li", {}, String(line)))) : null,
    text ? h("p", { class: "rejection-text" }, String(text)) : null);
  notices.append(node);
  while (notices.querySelectorAll(".rejection").length > 3) notices.querySelector(".rejection").remove();
}
