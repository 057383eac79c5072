/**
 * Finding cases: words and filters above the queue. While something is asked for, what was found
 * stands in the place of the queue.
 */

import { api } from "../staff/api.js";
import { $, debounce, h, reconcile } from "../staff/dom.js";
import { page, t } from "../staff/page.js";
import { languageName } from "../staff/words.js";
import { explain } from "../staff/work.js";
import { needName } from "./moves.js";
import { languageBadge, promiseBadge, urgencyBadge, walk } from "./queue.js";
import { priority, reason, span } from "./words.js";

const QUIET_MS = 250;
const REASONS = [
  ...["asked", "emergency", "clinical", "account", "complaint", "legal_privacy", "no_answer"],
  ...["missing_fact", "repeated_failure", "assistant_down", "no_followup", "booking", "estimate"],
  ...["interpreter", "records"],
];
const UNSET = { whose: "anyone", standing: "any" };
const FILTERS = ["reason", "language", "priority", "site", "whose", "standing"];

export class Finder {
  #form = $("find");
  #asked = 0;
  #open;

  /** `open(conversationId)` is called when a found case is chosen. */
  constructor(open) {
    this.#open = open;
    this.#offer();
    const later = debounce(() => this.#changed(), QUIET_MS);
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      later.now();
    });
    this.#form.elements.words.addEventListener("input", later);
    for (const name of FILTERS) {
      this.#form.elements[name].addEventListener("change", () => this.#changed());
    }
    $("find-clear").addEventListener("click", () => this.#clear());
    $("find-recent").addEventListener("click", () => {
      this.#form.elements.standing.value = "resolved";
      this.#changed();
    });
    $("found").addEventListener("keydown", (event) => {
      // The queue below, which is not shown now, has arrows of its own.
      if (walk(event, $("found").querySelectorAll(".item"))) event.stopPropagation();
    });
    addEventListener("hashchange", () => this.#mark());
  }

  /** Looks again, without counting as something the person did. */
  refresh() {
    if (this.#isOn()) this.#look(true);
  }

  #offer() {
    const any = [["", t("case.any")]];
    const choices = {
      reason: [...any, ...REASONS.map((one) => [one, reason(one)])],
      language: [...any, ...["en", "es"].map((one) => [one, languageName(one)])],
      priority: [...any, ...["urgent", "high", "normal"].map((one) => [one, priority(one)])],
      site: [...any, ...page.sites.map(({ id, name }) => [id, name])],
      whose: ["anyone", "mine", "nobody"].map((one) => [one, t(`case.whose_${one}`)]),
      standing: ["any", "open", "resolved"].map((one) => [one, t(`case.standing_${one}`)]),
    };
    for (const [name, options] of Object.entries(choices)) {
      const made = options.map(([value, text]) => h("option", { value }, text));
      this.#form.elements[name].replaceChildren(...made);
    }
    $("find-site").parentElement.hidden = page.sites.length < 2;
  }

  #wanted() {
    const wanted = {};
    const words = this.#form.elements.words.value.trim();
    if (words) wanted.words = words;
    for (const name of FILTERS) {
      const { value } = this.#form.elements[name];
      if (value && value !== UNSET[name]) wanted[name] = value;
    }
    return wanted;
  }

  #isOn() {
    return Object.keys(this.#wanted()).length > 0;
  }

  #changed() {
    const wanted = this.#wanted();
    const filters = Object.keys(wanted).filter((name) => name !== "words").length;
    $("find-summary").textContent = filters
      ? t("case.filters_on", { count: filters })
      : t("case.filters");
    $("find-clear").hidden = !this.#isOn();
    if (this.#isOn()) {
      this.#look(false);
      return;
    }
    this.#asked += 1;
    $("queue").classList.remove("finding");
    $("found").hidden = true;
    $("find-count").textContent = "";
  }

  #clear() {
    this.#form.reset();
    this.#changed();
    this.#form.elements.words.focus();
  }

  async #look(background) {
    const turn = ++this.#asked;
    try {
      const found = await api("POST", "/api/cases/search", this.#wanted(), { background });
      // Only the answer to the latest question counts.
      if (turn === this.#asked) this.#show(found);
    } catch (error) {
      if (turn === this.#asked && !background) explain(error);
    }
  }

  #show({ cases, more }) {
    $("queue").classList.add("finding");
    $("found").hidden = false;
    $("find-count").textContent = counted(cases.length, more);
    reconcile($("items-found"), cases, {
      key: (item) => item.id,
      create: () => h("li", {}, h("button", { type: "button", className: "item" })),
      update: (node, item) => this.#draw(node.firstElementChild, item),
    });
    this.#mark();
  }

  #draw(button, item) {
    button.onclick = () => this.#open(item.conversation_id);
    button.dataset.conversation = item.conversation_id;
    button.className = `item ${item.state === "resolved" ? "" : item.priority}`;
    button.replaceChildren(
      h("span", { className: "badges" }, badges(item)),
      h(
        "span",
        { className: "question", lang: item.language },
        item.question || t("console.no_question"),
      ),
      h("span", { className: "facts" }, facts(item)),
    );
  }

  #mark() {
    const id = location.hash.slice(1);
    for (const button of $("found").querySelectorAll(".item")) {
      button.setAttribute("aria-current", String(button.dataset.conversation === id));
    }
  }

  /** Leads to the search, on a small screen from the case that is shown too. */
  focus() {
    if (!$("queue").offsetParent) location.hash = "";
    this.#form.elements.words.focus();
    this.#form.elements.words.select();
  }
}

function counted(count, more) {
  if (more) return t("case.found_more", { count });
  if (!count) return t("case.found_none");
  return count === 1 ? t("case.found_one") : t("case.found_many", { count });
}

function badges(item) {
  const open = item.state !== "resolved";
  return [
    open ? urgencyBadge(item) : null,
    languageBadge(item.language),
    item.site ? h("span", { className: "badge" }, item.site) : null,
    open ? promiseBadge(item) : null,
  ];
}

function facts(item) {
  return [reason(item.reason), standing(item), waits(item)].filter(Boolean).join(" · ");
}

function standing(item) {
  if (item.state === "resolved") {
    return t("case.ended", { time: span(Date.now() - new Date(item.resolved_at)) });
  }
  if (item.state === "claimed") return t("console.with_agent", { name: item.agent_name });
  return t("console.waited", { time: span(Date.now() - new Date(item.requested_at)) });
}

function waits(item) {
  if (item.state !== "waiting" || !item.need) return null;
  return t("case.waits_for", { need: needName(item.need) });
}
