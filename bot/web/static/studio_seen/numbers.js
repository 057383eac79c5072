/** Counts, what came next, and how many a correction reaches. */

import { $, h } from "../staff/dom.js";
import { hasText, t } from "../staff/page.js";
import { when } from "../studio/words.js";

export function drawNumbers(counts) {
  const rating = counts.rated
    ? [
        t("seen.rating_value", { rating: counts.rating }),
        t("seen.rating_count", { count: counts.rated }),
      ]
    : [t("seen.rating_none")];
  const tiles = [
    ["seen.shown", [counts.shown]],
    ["seen.conversations", [counts.conversations]],
    ["seen.by_assistant", [counts.assistant]],
    ["seen.by_people", [counts.people]],
    ["seen.by_adapted", [counts.adapted]],
    ...(counts.corrections ? [["seen.by_corrections", [counts.corrections]]] : []),
    ["seen.rating", rating],
  ];
  $("tiles").replaceChildren(
    ...tiles.map(([label, [value, small]]) =>
      h(
        "div",
        { className: "tile" },
        h("dt", {}, t(label)),
        h("dd", {}, String(value), small ? h("small", {}, small) : null),
      ),
    ),
  );
  const { first_at: first, last_at: last } = counts;
  $("first-last").textContent = first
    ? t("seen.first_last", { first: when(first), last: when(last) })
    : "";
}

export function drawCame(counts) {
  const all = counts.came.reduce((sum, one) => sum + one.count, 0);
  const rows = counts.came.map((one) => {
    const meter = h("meter", { min: 0, max: all, value: one.count, "aria-hidden": "true" });
    const share = `${Math.round((100 * one.count) / all)} %`;
    return h(
      "tr",
      {},
      h("th", { scope: "row" }, cameWords(one)),
      h("td", { className: "number" }, String(one.count)),
      h("td", {}, h("span", { className: "share" }, meter, share)),
    );
  });
  $("came").replaceChildren(...rows);
  const capped = counts.looked_at < counts.conversations;
  $("next-capped").textContent = capped ? t("seen.next_capped", { count: counts.looked_at }) : "";
}

/** What came next, in words. */
export function cameWords({ next, reason }) {
  if (next !== "handoff") return t(`seen.next_${next}`);
  const id = `console.reason_${reason}`;
  return hasText(id) ? t("seen.next_handoff", { reason: t(id) }) : t("seen.next_handoff_any");
}

export function drawReach(reach) {
  const lines = [
    reach.told
      ? t("seen.reach", {
          told: reach.told,
          all: reach.conversations,
          readable: reach.readable,
          open: reach.open,
          email: reach.email,
        })
      : t("seen.reach_none"),
    reach.phone ? t("seen.reach_phone", { count: reach.phone }) : null,
    reach.nobody ? t("seen.reach_nobody", { count: reach.nobody }) : null,
  ];
  $("reach").replaceChildren(...lines.filter(Boolean).map((line) => h("p", {}, line)));
}
