/** All that was done to a text: who, when and why. */

import { $, button, h, reconcile } from "../staff/dom.js";
import { page, t } from "../staff/page.js";
import { findingWords } from "./problems.js";
import { when } from "./words.js";

/** Draws the steps, newest first; `compare(older, newer)` shows what a step left behind. */
export function drawSteps(steps, compare) {
  $("steps-empty").hidden = steps.length > 0;
  reconcile($("steps"), steps, {
    key: (step) => step.id,
    create: (step) => row(step, compare),
  });
}

/** An account by name. */
export function personName(id) {
  if (!id) return t("life.owner_none");
  return page.people.find((one) => one.id === id)?.name ?? t("life.owner_gone");
}

function row(step, compare) {
  const planned = step.planned_at ? when(step.planned_at) : "";
  const what = t(`life.verb_${step.verb}`, { date: planned, owner: personName(step.after) });
  const wentLive = step.verb === "published" && planned;
  const names = step.by || t("life.import");
  return h(
    "li",
    { className: `step ${step.verb}` },
    h("p", {}, h("strong", {}, what), wentLive ? ` ${t("life.planned_for", { date: planned })}` : null),
    h("p", { className: "by" }, t("life.step_by", { name: names, date: when(step.at) })),
    step.comment ? h("blockquote", {}, step.comment) : null,
    step.findings.length ? findingList(step.findings) : null,
    step.kept_id && step.verb !== "verified"
      ? button(t("life.since"), () => compare(step.kept_id, step.version_id), "quiet")
      : null,
  );
}

/** What the checks found. */
export function findingList(findings) {
  return h(
    "ul",
    { className: "findings" },
    findings.map((one) => h("li", {}, findingWords(one))),
  );
}
