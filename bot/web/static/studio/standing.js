/** How a text stands: the language tabs, its badges, and what has to be known before writing. */

import { $, h, icon } from "../staff/dom.js";
import { hasText, t } from "../staff/page.js";
import { date, daysUntil } from "./words.js";

export function drawTab(language, article, selected) {
  const { live, draft, pending, stale } = article.languages[language] ?? {};
  let [state, tone] = live ? ["published", "ok"] : ["missing", ""];
  if (pending) [state, tone] = [pending.state, "info"];
  if (draft) [state, tone] = ["draft", "info"];
  if (live && daysUntil(live.expires_on) < 0) [state, tone] = ["expired", "danger"];
  if (stale) [state, tone] = ["stale", "warn"];
  $(`tab-${language}`).setAttribute("aria-pressed", String(selected));
  $(`tab-state-${language}`).className = `badge ${tone}`;
  $(`tab-state-${language}`).textContent = t(
    hasText(`studio.state_${state}`) ? `studio.state_${state}` : `life.state_${state}`,
  );
}

export function badges(live) {
  if (!live) return [];
  const reviewed = live.reviewed_by
    ? h("span", { className: "badge ok" }, t("studio.badge_reviewed", { name: live.reviewed_by }))
    : h("span", { className: "badge" }, t("studio.badge_unreviewed"));
  if (!live.expires_on) return [reviewed];
  const days = daysUntil(live.expires_on);
  let tone = days <= 30 ? "warn" : "";
  if (days < 0) tone = "danger";
  const text = days < 0 ? "studio.badge_expired_on" : "studio.badge_expires";
  return [
    reviewed,
    h("span", { className: `badge ${tone}` }, t(text, { date: date(live.expires_on) })),
  ];
}

export function banners({ live, draft, pending }) {
  const made = [];
  const add = (tone, name, values) =>
    made.push(
      h(
        "div",
        { className: `banner ${tone}` },
        icon("alert"),
        h(
          "div",
          {},
          h("p", {}, h("strong", {}, t(`studio.${name}_title`, values))),
          h("p", {}, t(`studio.${name}_help`)),
        ),
      ),
    );
  if (!live && !draft && !pending) add("info", "missing");
  if (live && daysUntil(live.expires_on) < 0) {
    add("danger", "expired", { date: date(live.expires_on) });
  } else if (live && !live.reviewed_by) add("info", "unreviewed");
  return made;
}
