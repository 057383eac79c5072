/** Where the text stands, in one line: saving, saved at, not saved and why. */

import { $ } from "../staff/dom.js";
import { announce } from "../staff/notices.js";
import { t } from "../staff/page.js";
import { at } from "../staff/words.js";
import { daysUntil } from "./words.js";

/** Draws the line below the text. */
export function drawStatus({ live, draft, pending, stale }, { state, error }, dirty) {
  const place = $("status");
  const tone = { failed: "failed", refused: "failed", waiting: "unsaved" }[state] ?? "";
  place.className = `status ${dirty || state === "saving" ? tone || "unsaved" : ""}`.trim();
  const text = words({ live, draft, pending, stale }, state, error, dirty);
  if (place.textContent === text) return;
  place.textContent = text;
  // What goes well is not read out at every pause of the typing.
  if (dirty && tone === "failed") announce(text);
}

function words({ live, draft, pending, stale }, state, error, dirty) {
  if (dirty || state === "saving") {
    if (state === "saving") return t("editor.saving");
    if (state === "refused") {
      return t(error.code === "conflict" ? "editor.conflict_state" : "editor.refused_state");
    }
    return t(state === "failed" ? "editor.failed_state" : "editor.waiting_state");
  }
  if (pending) return t(`life.status_${pending.state}`);
  if (draft) return t("editor.saved_at", { time: at(draft.saved_at) });
  if (stale || daysUntil(live?.expires_on) < 0) return t("studio.hidden_state");
  return t(live ? "studio.live_state" : "studio.clean");
}
