/** One gap: its name, how often it is asked, what became of it, its questions and its verbs. */

import { api } from "../staff/api.js";
import { $, button, h } from "../staff/dom.js";
import { notify } from "../staff/notices.js";
import { t } from "../staff/page.js";
import { languageName } from "../staff/words.js";
import { date, when } from "../studio/words.js";
import { spark } from "./spark.js";

const AT_ONCE = 200;

export class Card {
  #gap;
  #dialogs;
  #looked;
  #questions = [];
  #limit = AT_ONCE;
  #open = false;
  #drawn = "";
  #head = h("div");
  #facts = h("div", { className: "gap-facts" });
  #verbs = h("div", { className: "gap-verbs" });
  #inside;

  /** `looked(gap, upto)` is told when somebody has read what came into it up to a time. */
  constructor(gap, dialogs, looked) {
    this.#dialogs = dialogs;
    this.#looked = looked;
    this.#inside = h("div", { className: "gap-inside", id: `gap-${gap.id}`, hidden: true });
    this.node = h("li", { className: "gap" }, this.#head, this.#facts, this.#verbs, this.#inside);
  }

  draw(gap) {
    this.#gap = gap;
    const now = JSON.stringify(gap);
    if (now === this.#drawn) return;
    this.#drawn = now;
    const focused = this.node.contains(document.activeElement)
      ? document.activeElement.dataset.verb
      : null;
    this.node.classList.toggle("new", gap.new > 0);
    this.#head.replaceChildren(
      h("h2", { lang: gap.language }, gap.name),
      h("p", { className: "badges" }, ...badges(gap)),
    );
    this.#facts.replaceChildren(...facts(gap));
    this.#verbs.replaceChildren(...this.#buttons());
    if (focused) this.node.querySelector(`[data-verb="${focused}"]`)?.focus();
  }

  #buttons() {
    const gap = this.#gap;
    const act = (verb, run, tone = "") => {
      const words = t(`gaps.${verb}`);
      const label = t("gaps.verb_about", { verb: words, name: gap.name });
      return button(words, run, tone, { "data-verb": verb, "aria-label": label });
    };
    const made = [];
    if (gap.state === "open") {
      made.push(
        act("write", () => this.#dialogs.write(gap), "primary"),
        act("add", () => this.#dialogs.add(gap)),
        act("dismiss", () => this.#dialogs.dismiss(gap)),
        act("merge", () => this.#dialogs.merge(gap), "quiet"),
      );
    } else {
      made.push(act("reopen", () => this.#dialogs.reopen(gap)));
    }
    const shows = act(this.#open ? "hide" : "questions", () => this.#toggle(), "quiet");
    shows.setAttribute("aria-expanded", String(this.#open));
    shows.setAttribute("aria-controls", this.#inside.id);
    shows.dataset.verb = "questions";
    return [...made, shows];
  }

  async #toggle() {
    this.#open = !this.#open;
    this.#inside.hidden = !this.#open;
    this.#drawn = "";
    this.draw(this.#gap);
    if (!this.#open) return;
    this.#limit = AT_ONCE;
    this.#inside.replaceChildren(h("p", { className: "help" }, t("gaps.loading")));
    await this.#read();
  }

  async #more() {
    const next = this.#questions.length;
    this.#limit += AT_ONCE;
    await this.#read();
    this.#inside.querySelectorAll(".gap-questions input")[next]?.focus();
  }

  async #read() {
    try {
      const found = await api("GET", `/api/gaps/${this.#gap.id}?limit=${this.#limit}`);
      this.#questions = found.questions;
      this.#drawQuestions(found.more);
      if (found.upto) this.#looked(this.#gap, found.upto);
    } catch (error) {
      this.#inside.replaceChildren(h("p", { className: "gap-problem" }, error.words));
    }
  }

  #drawQuestions(more = false) {
    const splits = this.#questions.length > 1;
    const items = this.#questions.map((one) =>
      h(
        "li",
        {},
        h(
          "label",
          { className: "gap-question" },
          splits ? h("input", { type: "checkbox", value: String(one.id) }) : null,
          h("span", { lang: one.language }, one.text),
        ),
        h(
          "p",
          { className: "help" },
          [
            one.new ? t("gaps.new") : null,
            t(`gaps.kind_${one.kind}`),
            one.article_slug ? t("gaps.wrong", { slug: one.article_slug }) : null,
            when(one.at),
          ]
            .filter(Boolean)
            .join(" · "),
        ),
      ),
    );
    const split = button(t("gaps.split"), () => this.#split());
    this.#inside.replaceChildren(
      h("ul", { className: "gap-questions" }, items),
      ...(more ? [button(t("gaps.more_questions"), () => this.#more())] : []),
      ...(splits ? [h("p", { className: "help" }, t("gaps.split_help")), split] : []),
    );
  }

  async #split() {
    const marked = [...this.#inside.querySelectorAll("input:checked")].map(({ value }) => +value);
    if (!marked.length || marked.length === this.#questions.length) {
      notify(t("gaps.problem_entries"), { error: true });
      return;
    }
    if (await this.#dialogs.split(this.#gap, marked)) {
      this.#questions = this.#questions.filter(({ id }) => !marked.includes(id));
      this.#drawQuestions();
      $("show").focus();
    }
  }
}

function badges(gap) {
  const made = [];
  const add = (tone, text) => made.push(h("span", { className: `badge ${tone}` }, text));
  if (gap.new && !gap.seen) add("info", t("gaps.never_seen"));
  else if (gap.new) add("info", t("gaps.new_count", { count: gap.new }));
  if (gap.state !== "open") add("", t(`gaps.state_${gap.state}`));
  for (const [language, count] of Object.entries(gap.languages)) {
    add("", t("gaps.in_language", { language: languageName(language), count }));
  }
  return made;
}

function facts(gap) {
  const [before, now] = gap.weeks.slice(-2);
  const one = gap.conversations === 1;
  const kinds = Object.entries(gap.kinds)
    .sort(([, a], [, b]) => b - a)
    .map(([kind, count]) => t("gaps.kind_count", { kind: t(`gaps.kind_${kind}`), count }));
  const told = [
    h("p", { className: "gap-many" }, t(one ? "gaps.asked_one" : "gaps.asked", { count: gap.conversations })),
    h("p", { className: "gap-trend" }, spark(gap.weeks), h("span", {}, trend(now, before))),
    h("p", { className: "help" }, kinds.join(", ")),
  ];
  if (gap.decided_by) told.push(h("p", { className: "help" }, ...decided(gap)));
  if (gap.effect) told.push(effect(gap.effect));
  return told;
}

function trend(now, before) {
  let id = "same";
  if (now > before) id = "up";
  if (now < before) id = "down";
  return t(`gaps.trend_${id}`, { now, before });
}

function decided(gap) {
  const values = { name: gap.decided_by, date: when(gap.decided_at) };
  if (gap.state === "dismissed") {
    const why = [t(`gaps.reason_${gap.reason}`), gap.note].filter(Boolean).join(": ");
    return [t("gaps.dismissed_by", { ...values, why })];
  }
  if (gap.state === "open") return [t("gaps.reopened_by", values)];
  const link = h("a", { href: `/studio#${gap.article_slug}/${gap.language}` }, gap.article_slug);
  return [t("gaps.written_by", values), " ", link];
}

/** Counts first: a rate without them says little. */
function effect({ verdict, before, since, published_at: at }) {
  const rate = ([count, total]) => (total ? ((100 * count) / total).toFixed(1) : "–");
  const words = t("gaps.effect", {
    date: date(at.slice(0, 10)),
    before: rate(before),
    before_count: before[0],
    before_total: before[1],
    since: rate(since),
    since_count: since[0],
    since_total: since[1],
  });
  const tone = { fell: "ok", rose: "warn" }[verdict] ?? "";
  const badge = h("span", { className: `badge ${tone}` }, t(`gaps.effect_${verdict}`));
  return h("p", {}, badge, " ", words);
}
