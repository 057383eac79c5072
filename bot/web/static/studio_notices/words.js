/** How the page says where a notice stands, and when it is told. */

import { h } from "../staff/dom.js";
import { t } from "../staff/page.js";
import { locale } from "../staff/words.js";

const moment = new Intl.DateTimeFormat(locale, {
  dateStyle: "medium",
  timeStyle: "short",
  timeZone: "UTC",
});

/** A time of the clinic's wall clock, as the form holds it. */
export function wall(text) {
  return moment.format(new Date(`${text}Z`));
}

export function period({ starts_at: from, ends_at: until }) {
  if (!until) return t("notices.period_open");
  if (!from) return t("notices.period_now", { until: wall(until) });
  return t("notices.period", { from: wall(from), until: wall(until) });
}

export function told(count) {
  if (!count) return t("notices.told_none");
  return count === 1 ? t("notices.told_one") : t("notices.told_many", { count });
}

export function badges(notice) {
  const badge = (look, text) => h("span", { className: `badge ${look}` }, t(`notices.${text}`));
  const found = [];
  if (notice.told_now) found.push(badge("ok", "stage_live"));
  else if (notice.over) found.push(badge("", "stage_over"));
  else if (notice.live) found.push(badge("info", "stage_coming"));
  if (notice.stage === "in_review") found.push(badge("warn", "stage_in_review"));
  if (notice.stage === "taken_back") found.push(badge("", "stage_taken_back"));
  if (notice.stage === "draft") {
    found.push(badge("info", notice.live ? "stage_changed" : "stage_draft"));
  }
  return found;
}
