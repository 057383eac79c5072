/** What the gate found, in groups: what holds the text back first. */

import { button, h, icon } from "../staff/dom.js";
import { hasText, t } from "../staff/page.js";
import { inWords } from "../studio/problems.js";

/** The groups of a report. `goTo(field)` shows a field of the form. */
export function drawReport(report, goTo) {
  const every = [
    ...report.losses.map((one) => ({ ...one, node: () => loss(one) })),
    ...report.findings.map((one) => ({ ...one, node: () => finding(one, goTo) })),
  ];
  const must = every.filter((one) => one.blocks);
  const should = every.filter((one) => !one.blocks);
  return [
    must.length ? group(t("gate.must"), must, "must") : null,
    should.length ? fold(t("gate.should", { count: should.length }), list(should)) : null,
    h("p", { className: "gate-count" }, goldenWords(report)),
    report.places.length ? fold(t("gate.places", { count: report.places.length }), places(report)) : null,
    ...moved(report),
  ].filter(Boolean);
}

function goldenWords({ golden, losses }) {
  const asked = t("gate.golden", { count: golden });
  return losses.length ? asked : `${asked} ${t("gate.golden_kept")}`;
}

function group(title, found, name) {
  return h("section", { className: `gate-group ${name}` }, h("h3", {}, title), list(found));
}

function fold(title, ...content) {
  return h("details", { className: "gate-fold" }, h("summary", {}, title), ...content);
}

function list(found) {
  return h("ul", { className: "gate-findings" }, ...found.map((one) => h("li", {}, one.node())));
}

function finding(one, goTo) {
  const { field, blocks } = one;
  const { message, remedy } = inWords(one);
  const id = `studio.field_${field}`;
  const link = hasText(id)
    ? button(t("gate.go_to", { field: t(id) }), () => goTo(field), "quiet")
    : null;
  return [blocks ? icon("alert") : null, h("div", {}, h("p", {}, message), help(remedy), link)].filter(Boolean);
}

function loss(one) {
  const { question, title, slug, language, instead, instead_title: instead_words, blocks } = one;
  let id = "gate.weaker";
  if (blocks) id = instead ? "gate.lost" : "gate.lost_nothing";
  const words = t(id, { question, title, instead: instead_words ?? "" });
  const link = h(
    "a",
    { href: `/studio#${slug}/${language}`, target: "_blank", rel: "noopener" },
    t("gate.open_neighbour", { title }),
  );
  return [
    blocks ? icon("alert") : null,
    h("div", {}, h("p", {}, words), help(t("gate.lost_remedy")), link),
  ].filter(Boolean);
}

function help(words) {
  return words ? h("p", { className: "help" }, words) : null;
}

function places({ places: found }) {
  const rows = found.map(({ name, value, asked }) => {
    const words = value ?? t(asked ? "gate.place_asked" : "gate.place_missing");
    return [h("dt", {}, name), h("dd", { className: value || asked ? "" : "missing" }, words)];
  });
  return h("dl", { className: "gate-places" }, ...rows.flat());
}

function moved({ moved: found, moved_count: count, reworded, asked }) {
  const news = reworded ? h("p", {}, t("gate.reworded", { count: reworded })) : null;
  if (!asked) return [h("p", { className: "gate-count" }, t("gate.moved_nothing_asked"))];
  if (!count) return [h("p", { className: "gate-count" }, t("gate.moved_none", { asked })), news];
  const title = count === 1 ? t("gate.moved_one", { asked }) : t("gate.moved_many", { count, asked });
  const items = found.map((one) => h("li", {}, ...movedItem(one)));
  const cut = found.length < count ? h("p", { className: "help" }, t("gate.moved_shown", { shown: found.length })) : null;
  const shown = fold(title, h("ul", { className: "gate-moved" }, ...items), cut);
  shown.open = true;
  return [shown, news];
}

function movedItem({ question, language, times, before, after }) {
  const often = times > 1 ? h("span", { className: "help" }, ` · ${t("gate.times", { count: times })}`) : null;
  return [
    h("p", {}, h("strong", { lang: language }, question), often),
    h("dl", { className: "gate-before-after" }, ...ended("gate.before", before), ...ended("gate.after", after)),
  ];
}

function ended(label, { kind, title, lead, options }) {
  const what = [t(`gate.kind_${kind}`), title].filter(Boolean).join(": ");
  const offered = options.length ? h("span", {}, `: ${options.join(" · ")}`) : null;
  return [
    h("dt", {}, t(label)),
    h("dd", {}, what, offered, lead ? h("span", { className: "gate-lead" }, lead) : null),
  ];
}
