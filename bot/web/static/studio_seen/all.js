/** All corrections; those that wait for a second person stand first. */

import { api } from "../staff/api.js";
import { $, reconcile } from "../staff/dom.js";
import { t } from "../staff/page.js";
import { isLeaving, watchSession } from "../staff/session.js";
import { card, isMoving } from "./cards.js";

const SOON_MS = 1500;
const LATER_MS = 15_000;
const ORDER = ["draft", "stopped", "released", "done"];

watchSession();
refresh();

async function refresh() {
  let soon = false;
  try {
    const found = await api("GET", "/api/corrections", undefined, { background: true });
    found.sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || b.id - a.id);
    reconcile($("made"), found, {
      key: (one) => JSON.stringify([one.id, one.hash, one.state, one.progress]),
      create: (one) => card(one, { link: true }),
    });
    $("empty").textContent = found.length ? "" : t("seen.all_empty");
    soon = found.some(isMoving);
  } catch (error) {
    if (!error.code) throw error;
    if (!isLeaving() && !$("made").children.length) $("empty").textContent = error.words;
  }
  setTimeout(refresh, soon ? SOON_MS : LATER_MS);
}
