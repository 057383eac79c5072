/** What became of a question: the lines as the widget draws them, and the reasons below. */

import { h } from "../staff/dom.js";
import { page, t } from "../staff/page.js";
import { languageName } from "../staff/words.js";
import { chatWindow } from "../studio/chat_window.js";
import { renderMessage } from "../widget/message.js";
import { Words } from "../widget/words.js";
import { drawWhy } from "./why.js";

/** In a few words, how two results compare; nothing for one. */
export function compared([one, other]) {
  if (!other) return "";
  const [before, after] = [one.outcome, other.outcome];
  const same = before.kind === after.kind && String(before.slugs) === String(after.slugs);
  if (!same) return t("bench.differs");
  return before.version_id === after.version_id ? t("bench.same") : t("bench.same_article_new_text");
}

/** One side's result. */
export function drawResult(found, side, { question, language }) {
  const name = `bench-result-${side.name}`;
  const { assistant } = found;
  const whole = Boolean(assistant?.says);
  return h(
    "section",
    { className: "panel bench-result", "aria-labelledby": `${name}-side ${name}` },
    h("p", { className: "bench-which", id: `${name}-side` }, t(`bench.side_${side.name}`)),
    h("h2", { id: name }, side.title),
    assistant?.failed
      ? h("p", { className: "help" }, t("bench.assistant_failed", { cause: assistant.failed }))
      : null,
    h("h3", {}, t("bench.says")),
    chat(question, language, whole ? assistant.says : found.says, found.spoken),
    whole && differs(assistant.says, found.says)
      ? [h("h3", {}, t("bench.knowledge_says")), chat(null, language, found.says, found.spoken)]
      : null,
    outcome(found.outcome),
    before(found),
    drawWhy(found.why, found.follows, name),
  );
}

function differs(one, other) {
  const bare = (lines) => JSON.stringify(lines.map(({ blocks, options }) => [blocks, options]));
  return bare(one) !== bare(other);
}

function chat(question, language, lines, spoken) {
  const place = h("div", { className: "bench-chat" });
  const log = chatWindow(place, spoken);
  const words = new Words(page.widget_texts, spoken);
  const asked = { author: "patient", kind: "text", language, text: question, options: [] };
  const all = question === null ? lines : [asked, ...lines];
  log.append(...all.map((line) => renderMessage(line, words)));
  // Nothing is chosen here: the choices are shown, not offered.
  for (const button of log.querySelectorAll("button[data-slug]")) button.disabled = true;
  return place;
}

function outcome({ kind, slugs, title }) {
  const what = [t(`bench.outcome_${kind}`), title, title ? "" : slugs.join(", ")].filter(Boolean);
  return h("p", { className: "bench-outcome" }, h("strong", {}, `${t("bench.outcome")}: `), what.join(" · "));
}

function before({ language, safety, assistant }) {
  const guesses = (assistant?.guesses ?? []).map(({ intent, confidence }) =>
    t("bench.intent_guess", { intent: intent || "–", confidence: confidence.toFixed(2) }),
  );
  const rows = [
    ["bench.read_as", languageName(language.language)],
    ["bench.safety", [t(`bench.safety_${safety.tier}`), safety.category].filter(Boolean).join(" · ")],
    ["bench.clinical", t(safety.clinical ? "bench.clinical_yes" : "bench.clinical_no")],
    ...safety.patterns.map((one) => ["bench.pattern", t("bench.pattern_words", one)]),
    ["bench.opinion", opinion(safety.opinion)],
    ["bench.intent", guesses.join(", ") || t("bench.intent_none")],
    ...(assistant?.handoff ? [["bench.handoff", assistant.handoff]] : []),
  ];
  return h(
    "details",
    { className: "bench-fold", open: safety.tier !== "none" || safety.clinical },
    h("summary", {}, t("bench.before_that")),
    h("dl", {}, ...rows.flatMap(([label, words]) => [h("dt", {}, t(label)), h("dd", {}, words)])),
  );
}

function opinion(found) {
  if (!found) return t("bench.opinion_none");
  const { danger, clinical, bounds } = found;
  return t("bench.opinion_words", {
    danger: danger.toFixed(2),
    soft: bounds.soft.toFixed(2),
    full: bounds.full.toFixed(2),
    clinical: clinical.toFixed(2),
    clinical_from: bounds.clinical.toFixed(2),
  });
}
