/** Corrections as cards: their text, who acted, how far they are, and what may be done. */

import { h } from "../staff/dom.js";
import { page, t } from "../staff/page.js";
import { languageName } from "../staff/words.js";
import { when } from "../studio/words.js";

const TONES = { draft: "warn", released: "info", stopped: "danger", done: "ok" };
const MAILS = ["due", "sending", "sent", "present", "withdrawn", "no_mail", "failed", "dropped"];

/** Whether it changes by itself, so that a page should look again. */
export function isMoving(one) {
  return one.state === "released" || (one.state === "done" && (one.progress.mails.due ?? 0) > 0);
}

/** The card's element. `acts` are buttons; `link` leads to the page where it is written. */
export function card(one, { acts = [], link = false } = {}) {
  const title = link
    ? t("seen.all_of", { title: one.title, language: languageName(one.language) })
    : t("seen.one_title", { id: one.id });
  const heading = h(link ? "h2" : "h3", {}, title);
  const badge = h("span", { className: `badge ${TONES[one.state] ?? ""}` }, stateWords(one));
  return h(
    "article",
    { className: "panel made", "data-id": one.id, "data-state": one.state, "aria-label": title },
    h("div", { className: "made-head" }, heading, badge),
    h("p", { className: "as-written quoted", lang: one.language }, one.text),
    h("p", { className: "help" }, byline(one)),
    ...progress(one),
    acts.length ? h("p", { className: "actions" }, ...acts) : null,
    link ? h("p", {}, h("a", { href: `/studio/seen/${one.version_id}` }, t("seen.all_open"))) : null,
  );
}

function stateWords(one) {
  const alone = one.state === "draft" && page.second_person === false;
  return t(alone ? "seen.state_draft_alone" : `seen.state_${one.state}`);
}

function byline(one) {
  if (!one.released_at) {
    return t("seen.draft_by", { name: one.author, date: when(one.changed_at) });
  }
  const name = one.released_by ?? "";
  return t("seen.released_line", { author: one.author, name, date: when(one.released_at) });
}

function progress(one) {
  const { all, due, told, read, gone, failed, mails } = one.progress;
  if (!all) return [];
  const label = t("seen.progress", { done: all - due, all });
  const lines = [
    ["seen.told", told],
    ["seen.read", read],
    ["seen.gone", gone],
    ["seen.failed", failed],
    ...MAILS.map((state) => [`seen.mail_${state === "sending" ? "due" : state}`, mails[state] ?? 0]),
  ].filter(([id, count]) => count > 0 || id === "seen.told" || id === "seen.read");
  // Nobody was told yet, and “Stop” still keeps all of it back.
  const waits = one.state === "released" && due === all && Date.parse(one.starts_at) > Date.now();
  return [
    h(
      "p",
      { className: "progress" },
      h("progress", { max: all, value: all - due, "aria-label": label }),
      h("span", {}, waits ? t("seen.starts") : label),
    ),
    h(
      "dl",
      { className: "results" },
      ...lines.map(([id, count]) => h("div", {}, h("dt", {}, t(id)), h("dd", {}, String(count)))),
    ),
  ];
}
