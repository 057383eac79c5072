/** Short words about what just happened, seen and heard; some offer to undo it. */

import { $, button, h } from "./dom.js";
import { t } from "./page.js";

const SHOWN_MS = 8000;

/**
 * Shows `text`. Good news goes away by itself, unless a person is at it; an error stays until it
 * is closed. `action` is `{label, run}`.
 */
export function notify(text, { error = false, action = null } = {}) {
  const close = () => node.remove();
  const node = h("div", { className: error ? "toast error" : "toast" }, h("p", {}, text));
  if (action) {
    const run = () => {
      close();
      action.run();
    };
    node.append(button(action.label, run));
  }
  node.append(button(t("staff.close"), close, "quiet"));
  $(error ? "alerts" : "notices").append(node);
  if (!error) expire(node);
}

/** Says what was done, and offers to undo it. */
export function offerUndo(text, run) {
  notify(text, { action: { label: t("staff.undo"), run } });
}

/** Takes away the errors that are shown: somebody is trying again. */
export function clearErrors() {
  $("alerts").replaceChildren();
}

/** Says something to screen readers only. */
export function announce(text) {
  const region = $("announcer");
  region.textContent = "";
  // A change from empty is what makes the same words be read again.
  setTimeout(() => {
    region.textContent = text;
  }, 50);
}

function expire(node) {
  setTimeout(() => {
    if (node.matches(":hover, :focus-within")) expire(node);
    else node.remove();
  }, SHOWN_MS);
}
