/** The case as it was handed over: the question, the answers, the facts, what came before. */

import { $, h } from "../staff/dom.js";
import { hasText, t } from "../staff/page.js";
import { at, languageName } from "../staff/words.js";
import { earlier as calledBefore } from "./earlier.js";
import { needName } from "./moves.js";
import { detail, priority, reason } from "./words.js";

/** Draws it from the case as the server told it. */
export function drawPacket(found) {
  const { packet } = found;
  if (!packet) {
    $("packet").replaceChildren(h("p", { className: "empty" }, t("console.packet_empty")));
    return;
  }
  // What was unfolded stays so when the case is read again.
  const open = new Set([...$("packet").querySelectorAll("details[open]")].map(({ id }) => id));
  $("packet").replaceChildren(
    question(packet),
    panel("case.facts", list(facts(found))),
    panel("case.answers", answers(packet), rating(packet.rating)),
    panel("case.earlier", earlier(packet)),
    folded("packet-history", t("case.history"), history(found.history)),
  );
  for (const id of open) if ($(id)) $(id).open = true;
}

function panel(title, ...content) {
  return h("section", { className: "panel" }, h("h3", {}, t(title)), ...content);
}

function folded(id, title, content) {
  return h("details", { id, className: "panel folded" }, h("summary", {}, title), content);
}

function question(packet) {
  const { question: asked, asked: lines, language } = packet;
  const words = asked || lines.at(-1);
  const shown = words
    ? h("blockquote", { className: "asked-first", lang: language }, words)
    : h("p", { className: "empty" }, t("case.no_question"));
  const others = lines.filter((line) => line !== words);
  return h(
    "section",
    { className: "panel" },
    h("h3", {}, t("case.question")),
    shown,
    others.length
      ? folded("packet-lines", t("case.lines", { count: lines.length }), quoted(lines, language))
      : null,
  );
}

function quoted(lines, language) {
  return h("ul", { className: "asked", lang: language }, lines.map((one) => h("li", {}, one)));
}

function facts({ packet, handoff }) {
  const promised = handoff?.promise_said ?? (packet.promised_by ? at(packet.promised_by) : null);
  const unknown = t("case.not_known");
  return [
    [t("console.why"), reason(packet.reason)],
    [t("console.priority"), priority(packet.priority)],
    [t("staff.language"), languageName(packet.language)],
    [t("console.topics"), packet.topic_names.join(", ") || unknown],
    [t("case.site"), packet.site ?? unknown],
    [t("console.promised"), promised ?? t("console.no_promise")],
    [t("console.requested"), at(packet.requested_at)],
    [t("console.contact"), packet.contact_preference ?? unknown],
    ...calledBefore(packet),
    ...(packet.need ? [[t("case.transfer_need"), needName(packet.need)]] : []),
    ...Object.entries(packet.details).map(([name, value]) => detail(name, value)),
  ];
}

function list(rows) {
  const pairs = rows.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]);
  return h("dl", { className: "facts-list" }, pairs);
}

function answers(packet) {
  if (!packet.answers.length) return h("p", { className: "empty" }, t("console.nothing_answered"));
  return h("ul", { className: "answers" }, packet.answers.map((one) => answer(one, packet.language)));
}

function answer(given, language) {
  const { title, version_id: id, language: written, then } = given;
  const head = [t("case.version", { id }), languageName(written), at(given.at)].join(" · ");
  return h(
    "li",
    {},
    h("p", { className: "answer-title", lang: written }, title),
    h("p", { className: "hint" }, head),
    then.length
      ? [h("p", { className: "hint" }, t("case.after_answer")), quoted(then, language)]
      : h("p", { className: "hint" }, t("case.nothing_after")),
  );
}

function rating(given) {
  if (!given) return null;
  const { score, reason: why, language } = given;
  const said = t("case.rated", { score, time: at(given.at) });
  return [h("p", { className: "hint" }, said), why ? quoted([why], language) : null];
}

function earlier(packet) {
  if (!packet.earlier.length) return h("p", { className: "empty" }, t("case.earlier_none"));
  return h("ul", { className: "earlier" }, packet.earlier.map(before));
}

function before(one) {
  const outcome = `console.outcome_${one.outcome}`;
  const said = {
    reason: reason(one.reason),
    outcome: hasText(outcome) ? t(outcome) : t("case.happened_patient_left"),
    name: one.agent_name ?? "",
  };
  return h(
    "li",
    {},
    h("p", { lang: one.language }, one.question || t("console.no_question")),
    h("p", { className: "hint" }, `${at(one.requested_at)} · ${t("case.earlier_by", said)}`),
    one.conversation_id
      ? h("p", { className: "hint" }, h("a", { href: `#${one.conversation_id}` }, t("case.earlier_elsewhere")))
      : null,
    one.reopened ? h("p", { className: "hint" }, t("case.earlier_reopened")) : null,
  );
}

function history(events) {
  return h(
    "ol",
    { className: "history" },
    events.map((event) => happening(event)).filter(Boolean),
  );
}

function happening(event) {
  const kind = { taken_over: event.held_by && "_from", transferred: event.to === "queue" && "_queue" };
  const id = `case.happened_${event.kind}${kind[event.kind] || ""}`;
  if (!hasText(id)) return null;
  const by = event.by ?? t("case.told_nobody");
  const words = [t(id, { ...event, by, to: event.to ?? "" })];
  const outcome = `console.outcome_${event.outcome}`;
  if (hasText(outcome)) words.push(t(outcome));
  if (event.need) words.push(t("case.waits_for", { need: needName(event.need) }));
  if (event.follow_up_on) words.push(t("case.follows_up", { date: event.follow_up_on }));
  return h(
    "li",
    {},
    h("time", { dateTime: event.at }, at(event.at)),
    h("span", {}, words.join(" · ")),
  );
}
