/** The list of conversations: who waits, whose are mine, what colleagues and the assistant have. */

import { api } from "../staff/api.js";
import { $, h, icon, reconcile } from "../staff/dom.js";
import { announce } from "../staff/notices.js";
import { page, t } from "../staff/page.js";
import { due, foreign, languageName, priority, reason, span } from "./words.js";

const TICK_MS = 15_000;
const PARTS = ["waiting", "mine", "others", "live"];

export class Queue {
  #parts = { waiting: [], mine: [], others: [], live: [] };
  #known = null;
  #unread = new Set();
  #selected = null;
  #open;

  /** `open(conversationId)` is called when a line is chosen. */
  constructor(open) {
    this.#open = open;
    $("queue").addEventListener("keydown", (event) => this.#arrows(event));
    setInterval(() => this.refresh().catch(() => {}), TICK_MS);
  }

  /** Ids of the conversations this agent has. */
  get mine() {
    return this.#parts.mine.map((handoff) => handoff.conversation_id);
  }

  /** Reads the queue again. */
  async refresh() {
    const background = { background: true };
    const [handoffs, live] = await Promise.all([
      api("GET", "/api/handoffs", undefined, background),
      api("GET", "/api/conversations?owner=bot", undefined, background),
    ]);
    this.#parts = { ...handoffs, live };
    this.#tellNew(handoffs.waiting);
    this.draw();
  }

  /** Marks the line of the conversation that is shown. */
  select(id) {
    this.#selected = id;
    this.#unread.delete(id);
    this.draw();
  }

  /** The patient wrote in a case that is not shown. */
  unread(id) {
    if (id === this.#selected) return;
    this.#unread.add(id);
    this.draw();
  }

  draw() {
    for (const part of PARTS) {
      const items = this.#parts[part];
      $(`count-${part}`).textContent = items.length || "";
      $(`empty-${part}`).textContent = t(`console.${part}_empty`);
      $(`empty-${part}`).hidden = items.length > 0;
      reconcile($(`items-${part}`), items, {
        key: (item) => item.conversation_id ?? item.id,
        create: () => h("li", {}, h("button", { type: "button", className: "item" })),
        update: (node, item) => this.#drawItem(node.firstElementChild, item),
      });
    }
    const count = this.#parts.waiting.length;
    const title = count ? t("console.title_waiting", { count }) : t("console.title");
    document.title = `${title} · ${t("staff.product")}`;
  }

  #drawItem(button, item) {
    const id = item.conversation_id ?? item.id;
    const words = item.question ?? item.last_line;
    button.onclick = () => this.#open(id);
    button.className = `item ${item.priority ?? ""}`;
    button.setAttribute("aria-current", String(id === this.#selected));
    button.replaceChildren(
      h("span", { className: "badges" }, this.#badges(id, item)),
      h("span", { className: "question", lang: item.language }, words || t("console.no_question")),
      h("span", { className: "facts" }, facts(item)),
    );
  }

  #badges(id, item) {
    const badges = [];
    if (this.#unread.has(id)) {
      badges.push(h("span", { className: "badge info" }, t("console.new_message")));
    }
    if (item.priority === "urgent" || item.priority === "high") {
      const tone = item.priority === "urgent" ? "danger" : "warn";
      badges.push(h("span", { className: `badge ${tone}` }, icon("alert"), priority(item.priority)));
    }
    badges.push(languageBadge(item.language));
    const promise = item.priority ? due(item) : null;
    if (promise) {
      badges.push(h("span", { className: `badge due ${promise.tone}` }, icon("clock"), promise.text));
    }
    return badges;
  }

  #tellNew(waiting) {
    const fresh = this.#known ? waiting.filter(({ id }) => !this.#known.has(id)) : [];
    this.#known = new Set(waiting.map(({ id }) => id));
    if (fresh.length > 1) announce(t("console.new_requests", { count: fresh.length }));
    else if (fresh.length === 1) {
      const [one] = fresh;
      announce(
        t("console.new_request", {
          reason: reason(one.reason),
          priority: priority(one.priority),
          language: languageName(one.language),
        }),
      );
    }
  }

  #arrows(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !event.target.matches(".item")) return;
    event.preventDefault();
    const items = [...$("queue").querySelectorAll("details[open] .item")];
    items[items.indexOf(event.target) + step]?.focus();
  }
}

/** The patient's language; it stands out when it is another than the agent's own. */
export function languageBadge(code) {
  const tone = foreign(code) ? "badge info" : "badge";
  return h("span", { className: tone }, languageName(code));
}

function facts(item) {
  if (!item.reason) {
    return t("console.active", { time: span(Date.now() - new Date(item.active_at)) });
  }
  return `${reason(item.reason)} · ${progress(item)}`;
}

function progress(item) {
  const time = span(Date.now() - new Date(item.requested_at));
  if (item.state !== "claimed") {
    return t("console.waited", { time });
  }
  const mine = item.agent_name === page.me.display_name;
  return mine ? t("console.asked_ago", { time }) : t("console.with_agent", { name: item.agent_name });
}
