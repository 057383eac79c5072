/**
 * Replies on their way: each waits five seconds, in which it can be taken back.
 *
 * What waits is kept in this tab with its client id. A page that is left sends it with its last
 * breath; a page that comes back sends it again under the same id, which the server counts once.
 * So nothing is lost and nothing is said twice. What comes back too late is a draft again: it
 * should not reach a patient who has gone on talking.
 */

import { api } from "../staff/api.js";
import { $, button, h, reconcile } from "../staff/dom.js";
import { announce } from "../staff/notices.js";
import { t } from "../staff/page.js";
import { kept } from "../staff/session.js";
import { look, warning } from "./draft.js";

const HOLD_MS = 5000;
const TICK_MS = 250;
const STILL_MEANT_MS = 60_000;
const SHOWN_CHARS = 90;
const KEY = "held.";

export class Outgoing {
  #waiting = new Map();
  #last = new Map();
  #ticking = 0;
  #shown = null;
  #on;

  /** `on.sent(reply)`, `on.refused(error, reply)`, `on.undone(reply)`. */
  constructor(on) {
    this.#on = on;
    addEventListener("pagehide", () => this.#lastBreath());
    document.addEventListener("signing-out", ({ detail }) => detail.waitFor(this.flush()));
  }

  /** What an earlier page of this tab left behind. Call once it is known who is signed in. */
  restore() {
    const keys = Object.keys(sessionStorage).filter((key) => key.startsWith(`careline.${KEY}`));
    for (const key of keys) {
      const reply = JSON.parse(sessionStorage.getItem(key));
      if (Date.now() - reply.at < STILL_MEANT_MS) this.#post(reply);
      else this.#drop(reply);
    }
  }

  /** The case that is shown: its replies need no name in the bar. */
  show(id) {
    this.#shown = id;
    this.#draw();
  }

  /** `reply`: `{id, epoch, text, client_id, article, title}`. What waits there goes first. */
  hold(reply) {
    this.flush(reply.id);
    const held = { ...reply, at: Date.now(), due: Date.now() + HOLD_MS, again: "" };
    this.#waiting.set(held.client_id, held);
    this.#keep(held);
    this.#draw();
    announce(t("writing.held_announced", { count: HOLD_MS / 1000 }));
    this.#warn(held);
  }

  /** Sends without waiting. */
  send(reply) {
    this.flush(reply.id);
    const now = { ...reply, at: Date.now(), due: 0, again: "" };
    this.#keep(now);
    return this.#post(now);
  }

  /** Sends now what waits, in one conversation or in all. Resolves to whether all of it was stored. */
  async flush(id = null) {
    for (const reply of this.#of(id)) this.#post(reply);
    const through = [...this.#waiting.values()].filter((reply) => !id || reply.id === id);
    const stored = await Promise.all(through.map(({ stored }) => stored));
    return stored.every(Boolean);
  }

  /** Takes the latest waiting reply of a conversation back. False when there is none. */
  undo(id) {
    const reply = this.#of(id).at(-1);
    if (!reply) return false;
    this.#drop(reply);
    this.#draw();
    return true;
  }

  #of(id) {
    return [...this.#waiting.values()].filter((reply) => !reply.sending && (!id || reply.id === id));
  }

  #keep({ again, sending, stored, ...reply }) {
    kept.set(KEY + reply.client_id, reply);
  }

  #drop(reply) {
    this.#forget(reply);
    this.#on.undone(reply);
  }

  #forget(reply) {
    this.#waiting.delete(reply.client_id);
    kept.set(KEY + reply.client_id, null);
  }

  /** One after the other in each conversation, as they were written. */
  #post(reply) {
    reply.sending = true;
    this.#waiting.set(reply.client_id, reply);
    const before = this.#last.get(reply.id) ?? Promise.resolve();
    const mine = before.then(() => this.#request(reply));
    this.#last.set(reply.id, mine);
    reply.stored = mine;
    this.#draw();
    return mine;
  }

  /** Whether the server has the reply now. */
  async #request(reply) {
    try {
      await api("POST", path(reply), content(reply));
    } catch (error) {
      this.#forget(reply);
      this.#draw();
      this.#on.refused(error, reply);
      return false;
    }
    this.#forget(reply);
    this.#draw();
    this.#on.sent(reply);
    return true;
  }

  #lastBreath() {
    for (const reply of this.#waiting.values()) {
      const headers = { "Content-Type": "application/json" };
      const body = JSON.stringify(content(reply));
      fetch(path(reply), { method: "POST", headers, body, keepalive: true }).catch(() => {});
    }
  }

  async #warn(reply) {
    const found = await look(reply.id, reply.text);
    if (!found || !this.#waiting.has(reply.client_id)) return;
    reply.again = warning(found);
    this.#draw();
  }

  #tick() {
    for (const reply of this.#of(null)) if (Date.now() >= reply.due) this.#post(reply);
    this.#draw();
  }

  #draw() {
    const waiting = [...this.#waiting.values()];
    if (waiting.length && !this.#ticking) this.#ticking = setInterval(() => this.#tick(), TICK_MS);
    if (!waiting.length) {
      clearInterval(this.#ticking);
      this.#ticking = 0;
      if ($("outgoing").contains(document.activeElement)) $("reply").focus();
    }
    $("outgoing").hidden = waiting.length === 0;
    reconcile($("outgoing"), waiting, {
      key: (reply) => reply.client_id,
      create: (reply) => this.#item(reply),
      update: (node, reply) => this.#update(node, reply),
    });
  }

  #item(reply) {
    const act = (name, click) =>
      button(t(name), click);
    return h(
      "li",
      {},
      h("span", { className: "held-state" }),
      h("span", { className: "held-words" }, shortened(reply.text)),
      h(
        "span",
        { className: "held-do" },
        act("staff.undo", () => {
          this.#drop(reply);
          this.#draw();
        }),
        act("writing.send_now", () => this.#post(reply)),
      ),
      h("span", { className: "held-again" }),
    );
  }

  #update(node, reply) {
    const count = Math.max(1, Math.ceil((reply.due - Date.now()) / 1000));
    const state = reply.sending ? t("console.sending") : t("writing.held", { count });
    const named = reply.id === this.#shown ? state : `${reply.title} · ${state}`;
    set(node.querySelector(".held-state"), named);
    set(node.querySelector(".held-again"), reply.again ?? "");
    node.querySelector(".held-do").hidden = Boolean(reply.sending);
  }
}

function set(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function path({ id }) {
  return `/api/conversations/${id}/messages`;
}

function content({ client_id, text, epoch, article }) {
  const inserted = article && { slug: article.slug, version_id: article.version_id };
  return { client_id, text, epoch, article: inserted ?? null };
}

function shortened(text) {
  const line = text.replace(/\s+/gu, " ");
  return line.length > SHOWN_CHARS ? `${line.slice(0, SHOWN_CHARS)}…` : line;
}
