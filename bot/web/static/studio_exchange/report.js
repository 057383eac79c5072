/** What became of every row of a file: taken, answered already, or not to be taken. */

import { $, button, h } from "../staff/dom.js";
import { t } from "../staff/page.js";
import { languageName } from "../staff/words.js";
import { findingWords } from "../studio/problems.js";

const FIRST = 50;

/** Draws the report; `take` makes the drafts of a file that was only looked at. */
export function drawReport(report, { taken, take = null }) {
  const name = report.file;
  const count = report.taken.length;
  const title = t(taken ? "exchange.report_done" : "exchange.report_would", { name });
  const counts = { taken: count, collisions: report.collisions.length, bad: report.bad.length };
  $("report").replaceChildren(
    h("h3", { id: "report-title" }, title),
    h("p", {}, h("strong", {}, t("exchange.report_counts", counts)), ` ${state(taken, count)}`),
    ...(take && !taken ? [takeButton(count, take)] : []),
    ...drafts(report.taken, taken),
    ...collisions(report.collisions),
    ...bad(report.bad),
    ...notes(report.notes),
  );
  $("report").hidden = false;
  $("report").focus();
}

function state(taken, count) {
  return taken ? t("exchange.report_kept", { count }) : t("exchange.report_keep");
}

function takeButton(count, take) {
  if (!count) return h("p", { className: "help" }, t("exchange.take_none"));
  const label = count === 1 ? t("exchange.take_one") : t("exchange.take", { count });
  return h(
    "p",
    { className: "actions" },
    button(label, () => take(), "primary", { id: "take" }),
  );
}

function drafts(rows, taken) {
  if (!rows.length) return [];
  const unsourced = rows.filter((one) => one.todo.some(({ rule }) => rule === "sources")).length;
  return [
    h("h4", {}, `${t("exchange.taken_title")} (${rows.length})`),
    h("p", { className: "help" }, t("exchange.taken_help")),
    unsourced
      ? h("p", { className: "unsourced" }, t("exchange.sources_count", { count: unsourced }))
      : null,
    list(rows, (one) => draft(one, taken)),
  ].filter(Boolean);
}

function mustOrSee({ blocks }) {
  const className = blocks ? "badge warn" : "badge";
  return h("span", { className }, t(blocks ? "exchange.must" : "exchange.see"));
}

function draft(one, taken) {
  const onto = one.onto_existing ? `, ${t("exchange.onto_existing")}` : "";
  const place = `${one.where}: ${one.slug} (${languageName(one.language)}${onto})`;
  const todo = one.todo.map((finding) =>
    h(
      "li",
      { className: finding.blocks ? "must" : "" },
      mustOrSee(finding),
      ` ${findingWords(finding)}`,
    ),
  );
  return [
    h("strong", {}, one.title),
    h("p", { className: "help" }, place),
    todo.length
      ? h("ul", { className: "todo" }, ...todo)
      : h("p", { className: "help" }, t("exchange.ready")),
    taken
      ? h("a", { href: `/studio#${one.slug}/${one.language}` }, t("exchange.open_draft"))
      : null,
  ];
}

function collisions(rows) {
  if (!rows.length) return [];
  return [
    h("h4", {}, `${t("exchange.collisions_title")} (${rows.length})`),
    h("p", { className: "help" }, t("exchange.collisions_help")),
    list(rows, (one) => [
      h("strong", {}, one.question),
      h("p", { className: "help" }, `${one.where} (${languageName(one.language)})`),
      h(
        "p",
        {},
        h("a", { href: `/studio#${one.slug}/${one.language}` }, one.slug),
        ` ${t(`exchange.how_${one.how.replaceAll(" ", "_")}`)}: ${one.known}`,
      ),
    ]),
  ];
}

function bad(rows) {
  if (!rows.length) return [];
  return [
    h("h4", {}, `${t("exchange.bad_title")} (${rows.length})`),
    list(rows, (one) => [h("strong", {}, one.where), h("p", {}, `${one.message}. ${one.remedy}`)]),
  ];
}

function notes(lines) {
  if (!lines.length) return [];
  return [h("h4", {}, t("exchange.notes_title")), list(lines, (one) => [one])];
}

/** The first rows, and the others when they are asked for. */
function list(rows, draw) {
  const items = (some) => some.map((one) => h("li", {}, ...draw(one)));
  const node = h("ul", { className: "rows" }, ...items(rows.slice(0, FIRST)));
  if (rows.length <= FIRST) return node;
  const more = button(t("exchange.show_all", { count: rows.length }), () => {
    const added = items(rows.slice(FIRST));
    node.append(...added);
    more.remove();
    added[0].tabIndex = -1;
    added[0].focus();
  });
  return h("div", {}, node, more);
}
