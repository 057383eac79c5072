/** Short words about what just happened, seen and heard; some offer to undo it. */

import { $, h } from "./dom.js";
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
    node.append(h("button", { type: "button", className: "button", on: { click: run } }, action.label));
  }
  node.append(
    h("button", { type: "button", className: "button quiet", on: { click: close } }, t("staff.close")),
  );
  $(error ? "alerts" : "notices").append(node);
  if (!error) expire(node);
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
