/** The calls that are owed to patients: who is due, the number while one calls, what came of it. */

import { api } from "../staff/api.js";
import { $, button, h, icon, reconcile } from "../staff/dom.js";
import { notify } from "../staff/notices.js";
import { t } from "../staff/page.js";
import { at } from "../staff/words.js";
import { explain } from "../staff/work.js";
import { languageBadge } from "./queue.js";

const OUTCOMES = ["reached", "no_answer", "voicemail", "wrong_number", "not_needed"];

export class Calls {
  #calls = [];
  #numbers = new Map();
  #open;
  #all = false;

  /** `open(conversationId)` shows the case that a call is about. */
  constructor(open) {
    this.#open = open;
    $("later-calls").addEventListener("click", () => {
      this.#all = !this.#all;
      this.draw();
    });
  }

  /** Reads the list again. */
  async refresh() {
    try {
      this.#calls = await api("GET", "/api/callbacks", undefined, { background: true });
    } catch (error) {
      explain(error, { background: true });
      return;
    }
    for (const id of this.#numbers.keys()) {
      if (!this.#calls.some((one) => one.id === id && one.mine)) this.#numbers.delete(id);
    }
    this.draw();
  }

  draw() {
    $("part-calls").hidden = this.#calls.length === 0;
    $("count-calls").textContent = this.#calls.filter(({ due }) => due).length || "";
    const now = this.#calls.filter(({ due, mine }) => due || mine);
    const later = this.#calls.length - now.length;
    $("later-calls").hidden = later === 0;
    $("later-calls").setAttribute("aria-expanded", String(this.#all));
    $("later-calls").textContent = t(this.#all ? "console.calls_fewer" : "console.calls_later", {
      count: later,
    });
    reconcile($("items-calls"), this.#all ? this.#calls : now, {
      key: ({ id }) => id,
      create: () => h("li", { className: "call" }),
      update: (node, call) => this.#drawCall(node, call),
    });
  }

  #drawCall(node, call) {
    const number = this.#numbers.get(call.id);
    // While somebody writes down a call, a refresh must not take the button from under them.
    const shown = JSON.stringify([call, number]);
    if (node.dataset.shown === shown) return;
    node.dataset.shown = shown;
    const inside = node.contains(document.activeElement);
    node.className = `call ${call.due ? "due-now" : ""}`;
    node.replaceChildren(
      h("p", { className: "badges" }, badges(call)),
      h("p", { className: "facts" }, wish(call)),
      ...attempts(call),
      ...(call.mine && number ? this.#calling(call, number) : this.#waiting(call)),
    );
    if (inside) node.querySelector("button")?.focus();
  }

  #waiting(call) {
    const open = button(t("console.calls_open"), () => this.#open(call.conversation_id), "quiet");
    if (call.held_by && !call.mine) {
      const holder = t("console.calls_holder", { name: call.held_by });
      return [h("p", { className: "facts" }, holder), h("div", { className: "call-buttons" }, open)];
    }
    const label = t("console.calls_call", { number: call.number });
    const take = button(label, () => this.#hold(call));
    return [h("div", { className: "call-buttons" }, take, open)];
  }

  #calling(call, number) {
    const link = h("a", { href: `tel:${number.replaceAll("-", "")}` }, number);
    const question = `call-${call.id}`;
    return [
      h("p", { className: "call-number" }, `${t("console.calls_number")} `, link),
      h(
        "div",
        { role: "group", "aria-labelledby": question },
        h("p", { className: "facts", id: question }, t("console.calls_what")),
        h(
          "div",
          { className: "call-buttons" },
          OUTCOMES.map((one) =>
            button(t(`console.calls_${one}`), () => this.#log(call, one)),
          ),
          button(t("console.calls_put_back"), () => this.#putBack(call), "quiet"),
        ),
      ),
    ];
  }

  async #hold(call) {
    const answer = await this.#act(call, "hold", {});
    if (answer) this.#numbers.set(call.id, answer.number);
    await this.refresh();
    this.#focus(call.id, answer ? "a" : "button");
  }

  async #log(call, outcome) {
    const answer = await this.#act(call, "attempts", { outcome });
    if (answer) notify(t(`console.calls_logged_${answer.state}`));
    this.#numbers.delete(call.id);
    await this.refresh();
    this.#focus(call.id, "button");
  }

  async #putBack(call) {
    await this.#act(call, "put-back", {});
    this.#numbers.delete(call.id);
    await this.refresh();
    this.#focus(call.id, "button");
  }

  async #act(call, verb, body) {
    try {
      return await api("POST", `/api/callbacks/${call.id}/${verb}`, body);
    } catch (error) {
      const quiet = error.code === "quiet_hours";
      notify(quiet ? t("console.calls_quiet") : error.words, { error: true });
      return null;
    }
  }

  #focus(id, what) {
    const node = document.querySelector(`#items-calls [data-key="${id}"]`);
    (node?.querySelector(what) ?? $("part-calls").querySelector("summary"))?.focus();
  }
}

function badges(call) {
  const late = new Date(call.due_at) < Date.now();
  const tone = late ? "danger" : call.due ? "warn" : "";
  const key = late ? "console.calls_late" : "console.calls_due_by";
  const due = t(key, { time: call.due_said });
  return [h("span", { className: `badge ${tone}` }, icon("clock"), due), languageBadge(call.language)];
}

function wish(call) {
  const times = t(`console.calls_times_${call.best_time}`);
  const days = call.days.map((day) => t(`console.calls_day_${day}`)).join(", ");
  return t(days ? "console.calls_wish_days" : "console.calls_wish", { times, days });
}

function attempts(call) {
  if (!call.attempts.length) return [];
  const list = h(
    "ul",
    { className: "call-attempts" },
    call.attempts.map((one, index) =>
      h(
        "li",
        {},
        t("console.calls_attempt", {
          number: index + 1,
          outcome: t(`console.calls_${one.outcome}`),
          name: one.agent_name,
          time: at(one.at),
        }),
      ),
    ),
  );
  return [list];
}
