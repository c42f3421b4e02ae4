// Where the focus stays when what it was in is drawn anew.

/** Put `node` in the place of `old`; whoever was inside stays at the same control, or at least in the same message. */
export function replaceKeepingFocus(old, node) {
  const inside = old.contains(document.activeElement) ? document.activeElement : null;
  old.replaceWith(node);
  if (inside) focusCounterpart(inside, node);
}

/** Go back to a control, or to the one that stands in its place since its message was drawn anew. */
export function focusAgain(control) {
  if (!control || control.isConnected) return control?.focus({ preventScroll: true });
  const ts = control.closest("article")?.dataset.ts;
  const node = ts ? document.querySelector(`article[data-ts="${CSS.escape(ts)}"]`) : document.querySelector(".home-view");
  if (node) focusCounterpart(control, node);
}

function focusCounterpart(control, node) {
  const { action, block } = (control.closest(".menu-anchor")?.querySelector("[data-action]") ?? control).dataset;
  const same = action ? [...node.querySelectorAll(`[data-action="${CSS.escape(action)}"]`)] : [];
  if (!node.hasAttribute("tabindex")) node.tabIndex = -1;
  (same.find((other) => other.dataset.block === block) ?? same[0] ?? node).focus({ preventScroll: true });
}
