/** The list of conversations: who waits, whose are mine, what colleagues and the assistant have. */

import { api } from "../staff/api.js";
import { $, h, icon, reconcile } from "../staff/dom.js";
import { announce } from "../staff/notices.js";
import { page, t } from "../staff/page.js";
import { languageName } from "../staff/words.js";
import { callFor } from "./presence.js";
import { due, foreign, priority, reason, span } from "./words.js";

const TICK_MS = 15_000;
const PARTS = ["mine", "waiting", "others", "live"];
// A queue may be long: a page of it is read and drawn, and another where somebody asks for it.
const PAGE = 50;
const MOST = 1000;

export class Queue {
  #parts = { waiting: [], offered: [], mine: [], others: [], live: [] };
  #counts = { waiting: 0, mine: 0, others: 0, alarmed: 0 };
  #limit = PAGE;
  #asked = 0;
  #shown = 0;
  #drawn = new WeakMap();
  #asOf = null;
  #known = null;
  #offered = null;
  #unread = new Set();
  #selected = null;
  #open;
  #on;

  /**
   * `open(conversationId)` is called when a line is chosen, `on.arrived()` when cases came into
   * the queue, `on.offered(conversationId)` when one was given to this agent.
   */
  constructor(open, on) {
    this.#open = open;
    this.#on = on;
    $("queue").addEventListener("keydown", (event) =>
      walk(event, $("queue").querySelectorAll("details[open] .item")),
    );
    $("more-waiting").addEventListener("click", () => this.#more());
    setInterval(() => this.refresh().catch(() => {}), TICK_MS);
  }

  /** Ids of the conversations this agent has. */
  get mine() {
    return this.#parts.mine.map((handoff) => handoff.conversation_id);
  }

  /** Reads the queue again. */
  async refresh() {
    const background = { background: true };
    this.#asked += 1;
    const asked = this.#asked;
    // People who wait are shown without waiting for the list of those who do not.
    const query = new URLSearchParams({ limit: this.#limit });
    if (this.#asOf) query.set("since", this.#asOf);
    const handoffs = api("GET", `/api/handoffs?${query}`, undefined, background);
    const live = api("GET", "/api/conversations?owner=bot", undefined, background);
    await Promise.all([
      handoffs.then((found) => this.#take(asked, found)),
      live.then((found) => {
        this.#parts.live = found;
        this.draw();
      }),
    ]);
  }

  #take(asked, { counts, as_of: asOf, arrivals, ...parts }) {
    // An answer that was overtaken tells of what was before.
    if (asked < this.#shown) return;
    this.#shown = asked;
    this.#counts = counts;
    const offered = new Set(parts.offered.map(({ id }) => id));
    const rest = parts.waiting.filter(({ id }) => !offered.has(id));
    this.#parts = { ...parts, waiting: [...parts.offered, ...rest], live: this.#parts.live };
    this.#asOf = asOf;
    this.draw();
    this.#tellNew(arrivals);
    this.#tellOffered(parts.offered);
  }

  async #more() {
    this.#limit = Math.min(this.#limit + PAGE, MOST);
    const next = this.#parts.waiting.length;
    await this.refresh().catch(() => {});
    $("items-waiting").children[next]?.querySelector(".item").focus();
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
      $(`count-${part}`).textContent = (this.#counts[part] ?? items.length) || "";
      $(`empty-${part}`).textContent = t(`console.${part}_empty`);
      $(`empty-${part}`).hidden = items.length > 0;
      reconcile($(`items-${part}`), items, {
        key: (item) => item.conversation_id ?? item.id,
        create: () => h("li", {}, h("button", { type: "button", className: "item" })),
        update: (node, item) => this.#drawIfChanged(node.firstElementChild, item),
      });
    }
    const hidden = this.#counts.waiting - this.#parts.waiting.length;
    $("more-waiting").hidden = hidden <= 0 || this.#limit >= MOST;
    $("more-waiting").textContent = t("console.show_more", { count: Math.min(hidden, PAGE) });
    document.title = `${this.#title()} · ${t("staff.product")}`;
  }

  #title() {
    const { waiting, alarmed } = this.#counts;
    if (alarmed) return t("console.title_alarmed", { count: alarmed });
    return waiting ? t("console.title_waiting", { count: waiting }) : t("console.title");
  }

  #drawIfChanged(button, item) {
    const id = item.conversation_id ?? item.id;
    const now = [id === this.#selected, this.#unread.has(id), facts(item)];
    if (item.priority) now.push(due(item)?.text);
    const seen = JSON.stringify([{ ...item, waiting_seconds: 0 }, now]);
    if (this.#drawn.get(button) === seen) return;
    this.#drawn.set(button, seen);
    this.#drawItem(button, item);
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
    badges.push(...marks(item));
    badges.push(urgencyBadge(item), languageBadge(item.language), promiseBadge(item));
    return badges;
  }

  /** Told by when a case came, not by what is listed: a page of the queue moves up and grows. */
  #tellNew(arrivals) {
    const name = ({ id, since }) => `${id} ${since}`;
    const fresh = this.#known ? arrivals.filter((one) => !this.#known.has(name(one))) : [];
    this.#known = new Set(arrivals.map(name));
    if (fresh.length) this.#on.arrived();
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

  #tellOffered(offered) {
    const fresh = this.#offered ? offered.filter(({ id }) => !this.#offered.has(id)) : offered;
    this.#offered = new Set(offered.map(({ id }) => id));
    for (const one of fresh) {
      const words = t("console.offered_now", { reason: reason(one.reason) });
      callFor(words, () => this.#open(one.conversation_id));
      this.#on.offered(one.conversation_id);
    }
  }

}

/** Goes from line to line with the arrow keys; whether this key was one. */
export function walk(event, items) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || !event.target.matches(".item")) return false;
  event.preventDefault();
  const all = [...items];
  all[all.indexOf(event.target) + step]?.focus();
  return true;
}

/** What the clock and the policy made of a case. */
function marks(item) {
  const found = [];
  const mark = (tone, words) => found.push(h("span", { className: `badge ${tone}` }, t(words)));
  if (item.offered === "me") mark("info", "console.offered_me");
  if (item.offered === "other") mark("", "console.offered_other");
  if (item.alarmed) mark("danger", "console.alarmed");
  if (item.agent_gone) mark("warn", "console.agent_gone");
  if (item.state === "waiting" && item.able === false) mark("", "console.unable");
  return found;
}

/** How urgent a case is; nothing for the others. */
export function urgencyBadge({ priority: code }) {
  const tone = { urgent: "danger", high: "warn" }[code];
  return tone ? h("span", { className: `badge ${tone}` }, icon("alert"), priority(code)) : null;
}

/** What became of the promise that a case has. */
export function promiseBadge(item) {
  const promise = item.priority ? due(item) : null;
  if (!promise) return null;
  return h("span", { className: `badge due ${promise.tone}` }, icon("clock"), promise.text);
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
