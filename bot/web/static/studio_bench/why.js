/** Why a question is decided so: the verdicts, the best articles, and what spoke for each. */

import { h } from "../staff/dom.js";
import { t } from "../staff/page.js";

/** The reasons of one side, whose heading has the id `of`. */
export function drawWhy(why, follows, of) {
  const asked = why.asked === why.question ? null : line("bench.looked_up", why.asked);
  return h(
    "div",
    { className: "bench-why" },
    follows ? h("p", { className: "help" }, t("bench.follows", { slug: follows })) : null,
    asked,
    h("h3", { id: `${of}-decision` }, t("bench.decision")),
    scroll(decision(why), `${of}-decision`, `${of}-side`, of),
    h("h3", {}, t("bench.best")),
    h("ol", { className: "bench-best" }, ...why.best.map((one) => standing(one, of))),
  );
}

function decision({ verdict, thresholds, first, among, costs }) {
  const bounds = {
    answer: [t("bench.needs_first", { value: thresholds.answer.toFixed(2) }), first.toFixed(3)],
    clarify: [t("bench.needs_among", { value: thresholds.clarify.toFixed(2) }), among.toFixed(3)],
    no_answer: ["", ""],
  };
  const rows = Object.entries(bounds).map(([name, [needs, has]]) =>
    h(
      "tr",
      { className: name === verdict ? "chosen" : "" },
      h("th", { scope: "row" }, t(`bench.verdict_${name}`), name === verdict ? mark() : null),
      h("td", {}, needs),
      h("td", { className: "number" }, has),
      h("td", { className: "number" }, costs[name]?.toFixed(2) ?? "–"),
    ),
  );
  return table(["bench.verdict", "bench.needs", "bench.has", "bench.cost"], rows);
}

function mark() {
  return h("span", { className: "badge ok" }, t("bench.chosen"));
}

function standing({ slug, title, share, score, pieces, offered, served, bars }, of) {
  const id = `${of}-${slug}`;
  const rows = pieces.map(({ name, measured, points, match }) =>
    h(
      "tr",
      {},
      h("th", { scope: "row" }, t(`bench.${name}`)),
      h("td", { className: "number" }, `${number(measured)} (${number(points)})`),
      h("td", {}, match ? [h("q", { lang: match.language }, match.text), ` ${t(`bench.from_${match.source}`)}`] : ""),
    ),
  );
  const notes = bars.map(({ reason, language }) =>
    [language, t(`bench.bar_${reason}`)].filter(Boolean).join(": "),
  );
  return h(
    "li",
    {},
    h(
      "details",
      { className: "bench-fold" },
      h(
        "summary",
        {},
        h("span", { className: "bench-name", id }, title || slug),
        offered ? h("span", { className: "badge ok" }, t("bench.offered")) : null,
        served ? null : h("span", { className: "badge warn" }, t("bench.not_served")),
        bar(share),
        h("span", { className: "bench-numbers" }, `${t("bench.share")} ${share.toFixed(3)} · ${t("bench.score")} ${score.toFixed(2)}`),
      ),
      h("p", { className: "help" }, [slug, ...notes].join(" · ")),
      scroll(table(["bench.evidence", "bench.has", "bench.found_by"], rows), id, `${of}-side`, of),
    ),
  );
}

function number(value) {
  return value.toFixed(2).replace(/^-(?=0\.00$)/u, "");
}

/** How large the share is, for the eye; the number stands beside it. */
function bar(share) {
  return h("meter", { className: "bench-bar", min: 0, max: 1, value: share, "aria-hidden": "true" });
}

function table(heads, rows) {
  const head = heads.map((id) => h("th", { scope: "col" }, t(id)));
  return h("table", {}, h("thead", {}, h("tr", {}, ...head)), h("tbody", {}, ...rows));
}

/** A wide table scrolls by itself, with the keyboard too; named by the ids. */
function scroll(content, ...names) {
  return h(
    "div",
    { className: "bench-scroll", tabIndex: 0, role: "region", "aria-labelledby": names.join(" ") },
    content,
  );
}

function line(label, words) {
  return h("p", {}, h("strong", {}, `${t(label)}: `), words);
}
