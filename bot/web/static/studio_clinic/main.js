/** The clinic profile: what patients asked and it lacks, its parts, and the one that is open. */

import { api } from "../staff/api.js";
import { $, h } from "../staff/dom.js";
import { notify, offerUndo } from "../staff/notices.js";
import { page, t } from "../staff/page.js";
import { guardTyped, watchSession } from "../staff/session.js";
import { unsent } from "../staff/unsent.js";
import { plain, searched } from "../staff/words.js";
import { OneAtATime, explain } from "../staff/work.js";
import { date, daysUntil } from "../studio/words.js";
import { stepRow } from "./changes.js";
import { fieldTitle, partTitle } from "./labels.js";
import { checkedOn, OLD_DAYS, PartForm, typedKey } from "./part.js";
import { backName, confirmBack, forgetNote } from "./preview.js";

let profile = null;
let missing = [];
let opened = "";
const turns = new OneAtATime();

watchSession();
const form = new PartForm({
  saved(saved) {
    profile = saved;
    drawParts();
    refreshMissing();
  },
  touched: () => drawParts(),
});
$("find-part").addEventListener("input", () => drawParts());
addEventListener("hashchange", follow);
guardTyped(() => form.dirty);
start();

async function start() {
  try {
    await load();
    $("loading").hidden = true;
    follow();
  } catch (error) {
    $("loading").textContent = t("clinic.failed");
    explain(error);
  }
}

async function load() {
  const found = await api("GET", "/api/clinic");
  profile = found;
  missing = found.missing;
  drawMissing();
  drawParts();
}

async function refreshMissing() {
  const found = await api("GET", "/api/clinic", undefined, { background: true }).catch(() => null);
  if (!found) return;
  missing = found.missing;
  drawMissing();
}

/** `#contacts` opens a part, `#contacts/fax` goes to a field, `#all` shows every change. */
function follow() {
  if (!profile) return;
  const wide = matchMedia("(min-width: 64rem)").matches;
  const [part, field] = (location.hash.slice(1) || (wide ? "contacts" : "")).split("/");
  opened = part;
  const known = page.forms.some(({ name }) => name === part);
  drawParts();
  $("all-history")?.remove();
  if (part === "all") {
    showAll().catch(explain);
    return;
  }
  if (!known) {
    form.close();
    return;
  }
  form.open(profile, part);
  if (field) form.focus(field);
  else if (location.hash) $("part-title").focus();
}

function drawMissing() {
  $("missing-panel").hidden = !missing.length;
  $("missing").replaceChildren(...missing.map(missingRow));
}

function missingRow({ key, part, field, conversations, articles }) {
  const name = part ? `${partTitle(part)} › ${fieldTitle([part, field])}` : t("clinic.missing_key", { key });
  const count = conversations === 1 ? t("clinic.missing_one") : t("clinic.missing_many", { count: conversations });
  const link = part && h("a", { className: "button", href: `#${part}/${field}`, "aria-label": t("clinic.missing_fill_label", { name }) }, t("clinic.missing_fill"));
  return h("li", { className: "head-line missing-row" }, h("span", {}, h("strong", {}, name), ` · ${count}`, h("span", { className: "help" }, articles.length ? ` · ${articles.join(", ")}` : "")), link || null);
}

function drawParts() {
  if (!profile) return;
  const words = searched($("find-part").value);
  const here = opened;
  const fits = (one) => {
    const text = plain([partTitle(one.name), ...one.fields.map((field) => fieldTitle([one.name, field.name])), one.help].join(" "));
    return words.every((word) => text.includes(word));
  };
  const found = page.forms.filter(fits);
  const rows = found.map((one) => partRow(one, here));
  if (!words.length) rows.unshift(h("li", {}, link("all", t("clinic.all_changes"), here === "all")));
  $("parts").replaceChildren(...(rows.length ? rows : [h("li", { className: "help" }, t("clinic.found_none"))]));
}

function link(name, title, current, badge = null) {
  return h("a", { href: `#${name}`, "aria-current": current ? "page" : null }, h("span", {}, title), badge);
}

function partRow(one, here) {
  const value = profile.parts[one.name];
  const day = checkedOn(value);
  const stated = value !== undefined && !(Array.isArray(value) && !value.length);
  let badge = null;
  if (unsent.get(typedKey(one.name))) badge = h("span", { className: "badge info" }, t("clinic.part_unsaved"));
  else if (!stated) badge = h("span", { className: "badge" }, t("clinic.not_filled"));
  else if (day && -daysUntil(day) > OLD_DAYS) badge = h("span", { className: "badge warn" }, date(day));
  return h("li", {}, link(one.name, partTitle(one.name), here === one.name, badge));
}

/** Every change of every part. Going back to a whole profile is done here. */
async function showAll() {
  form.close();
  const steps = await api("GET", "/api/clinic/history");
  const back = async (id, note = "") => {
    profile = await api("POST", `/api/clinic/documents/${id}/restore`, { base_id: profile.id, note });
    await load();
    follow();
  };
  const restore = async (step) => {
    const earlier = steps[steps.indexOf(step) + 1];
    if (!earlier) return;
    const before = profile.id;
    const undo = async () => {
      await back(before);
      notify(t("clinic.undone"));
    };
    const note = await confirmBack(earlier.id, null);
    if (note === null) return;
    await back(earlier.id, note);
    forgetNote(backName(null));
    offerUndo(t("clinic.restored"), () => turns.run(undo));
  };
  const shown = steps.filter((step) => step.changes.length);
  const title = h("h2", { id: "all-title", tabIndex: -1 }, t("clinic.history_all"));
  const list = h("ol", { className: "plain-list" }, shown.map((step) => stepRow(step, () => turns.run(() => restore(step)))));
  const empty = shown.length ? null : h("p", { className: "help" }, t("clinic.history_empty"));
  $("all-history")?.remove();
  $("part").after(h("section", { id: "all-history", className: "panel", "aria-labelledby": "all-title" }, title, empty, list));
  title.focus();
}
