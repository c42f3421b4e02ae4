// Modals: a stack of views of which the topmost is shown, each with its form and what was entered so far.

import { api, Refused } from "./api.js";
import { renderBlocks } from "./blocks.js";
import { h } from "./dom.js";
import { words } from "./mrkdwn.js";
import { closeDialog, openDialog } from "./overlays.js";
import { ValueBook } from "./values.js";

const SETTLE_MS = 400;

// A text of several lines takes Enter for itself; with Ctrl or Cmd it sends, as it does in Slack.
function sendsByKey(event) {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
  event.preventDefault();
  if (event.currentTarget.querySelector("[type=submit]")) event.currentTarget.requestSubmit();
}

export class Modals {
  #open = []; // {view, form, book, fields}, oldest first
  #dialog = null;

  constructor({ context, dispatch }) {
    this.context = context;
    this.dispatch = dispatch;
  }

  /** A view was opened, pushed or replaced. */
  show(view) {
    const at = this.#open.findIndex((entry) => entry.view.id === view.id);
    const remembered = at >= 0 ? this.#open[at].book.values() : (view.state?.values ?? {});
    const focused = document.activeElement?.dataset?.action;
    const entry = this.#build(view, remembered);
    if (at >= 0) this.#open[at] = entry;
    else this.#open.push(entry);
    this.#render(at >= 0 ? focused : undefined);
  }

  closed(viewId) {
    const before = this.#open.length;
    this.#open = this.#open.filter(({ view }) => view.id !== viewId);
    if (this.#open.length !== before) this.#render();
  }

  /** Forget every view without telling anybody: somebody else is acting now. */
  clear() {
    this.#open = [];
    this.#render();
  }

  #build(view, remembered) {
    const book = new ValueBook(remembered);
    const fields = new Map();
    const container = { type: "view", view_id: view.id };
    const dispatch = (action) => this.dispatch(container, { ...action, values: book.values() });
    const form = h("form", { class: "dialog-card", novalidate: true, onsubmit: (event) => this.#submit(event, entry),
      onkeydown: sendsByKey },
      this.#header(view),
      h("div", { class: "dialog-body", tabindex: "-1" },
        h("p", { class: "form-error", role: "alert", hidden: true, data: { testid: "form-error" } }),
        renderBlocks(view.blocks ?? [], { context: this.context, container, book, fields, dispatch })),
      this.#footer(view));
    const entry = { view, form, book, fields };
    return entry;
  }

  #header(view) {
    return h("header", { class: "dialog-header" },
      h("h2", {}, view.title ? words(view.title) : ""),
      h("button", { type: "button", class: "icon-button", "aria-label": "Dismiss", onclick: () => this.#dismiss(true) }, "✕"));
  }

  #footer(view) {
    const close = view.close ?? { text: view.submit ? "Cancel" : "Close" };
    return h("footer", { class: "dialog-footer" },
      h("button", { type: "button", class: "button", onclick: () => this.#dismiss(false) }, words(close)),
      view.submit ? h("button", { type: "submit", class: "button primary" }, words(view.submit)) : null);
  }

  #render(focusAction) {
    const top = this.#open.at(-1);
    if (!top) {
      if (this.#dialog) closeDialog(this.#dialog);
      this.#dialog = null;
      return;
    }
    const label = top.view.title?.text ?? "";
    if (this.#dialog) {
      this.#dialog.querySelector("form").replaceWith(top.form);
      this.#dialog.setAttribute("aria-label", label);
    } else {
      this.#dialog = openDialog({ label, className: "modal", content: top.form, testid: "modal",
        onDismiss: () => this.#dismiss(false) });
    }
    this.#focus(top.form, focusAction);
  }

  #focus(form, action) {
    const body = form.querySelector(".dialog-body");
    const same = action && body.querySelector(`[data-action="${CSS.escape(action)}"]`);
    const wanted = same || body.querySelector("[autofocus]") || body.querySelector("input, select, textarea, .block-input button");
    (wanted || form.querySelector("[type=submit]") || body).focus();
  }

  async #dismiss(everything) {
    const top = this.#open.at(-1);
    if (!top) return;
    if (everything) this.#open = [];
    else this.#open.pop();
    this.#render();
    await api.closeView(this.context.me, top.view.id, everything).catch(() => {}); // closed here either way
  }

  async #submit(event, entry) {
    event.preventDefault();
    const button = entry.form.querySelector("[type=submit]");
    if (button?.getAttribute("aria-busy")) return;
    button?.setAttribute("aria-busy", "true");
    this.#showErrors(entry, {});
    try {
      const answer = await api.submitView(this.context.me, entry.view.id, entry.book.values());
      if (answer.ok) this.#settle(entry);
      else if (answer.errors) this.#showErrors(entry, answer.errors);
      else this.#showFormError(entry, answer.error ?? "The app did not accept this.");
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.#showFormError(entry, error.message);
    } finally {
      button?.removeAttribute("aria-busy");
    }
  }

  // The stream tells what follows a submission; a view nobody replaced or pushed over is done with.
  #settle(entry) {
    setTimeout(() => {
      if (this.#open.at(-1) === entry) this.closed(entry.view.id);
    }, SETTLE_MS);
  }

  #showErrors({ fields }, errors) {
    let first = null;
    for (const [blockId, { error, control }] of fields) {
      const words = errors[blockId] ?? "";
      error.textContent = words;
      if (words) control.setAttribute("aria-invalid", "true");
      else control.removeAttribute("aria-invalid");
      if (words && !first) first = control;
    }
    first?.focus();
  }

  #showFormError({ form }, words) {
    const error = form.querySelector(".form-error");
    error.textContent = words;
    error.hidden = words === "";
    error.scrollIntoView({ block: "nearest" });
  }
}
