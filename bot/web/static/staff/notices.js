/** Short words about what just happened, seen and heard; some offer to undo it. */

import { $, button, h } from "./dom.js";
import { t } from "./page.js";

const SHOWN_MS = 8000;

/**
 * Shows `text`. Good news goes away by itself, unless a person is at it; an error, and what
 * `stays`, is there until it is closed. `action` is `{label, run}`.
 */
export function notify(text, { error = false, action = null, stays = error } = {}) {
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
  if (!stays) expire(node);
}

/** Says what was done, and offers to undo it. An undo that fails says why and is offered again. */
export function offerUndo(text, run, { stays = false } = {}) {
  const tried = async () => {
    try {
      await run();
    } catch (error) {
      if (!error.code) throw error;
      notify(error.words, { error: true });
      offerUndo(text, run, { stays: true });
    }
  };
  notify(text, { action: { label: t("staff.undo"), run: tried }, stays });
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
