/** The case as it was handed over, and the notes that only staff see. */

import { api } from "../staff/api.js";
import { $, h, icon, reconcile } from "../staff/dom.js";
import { announce, notify } from "../staff/notices.js";
import { t } from "../staff/page.js";
import { kept } from "../staff/session.js";
import { earlier } from "./earlier.js";
import { at, detail, languageName, priority, reason } from "./words.js";

/** The packet as a list of facts. */
export function drawPacket(packet, handoff) {
  if (!packet) {
    $("packet").replaceChildren(h("p", { className: "empty" }, t("console.packet_empty")));
    return;
  }
  const promised = handoff?.promise_said ?? (packet.promised_by ? at(packet.promised_by) : null);
  const facts = [
    [t("console.why"), reason(packet.reason)],
    [t("console.priority"), priority(packet.priority)],
    [t("staff.language"), languageName(packet.language)],
    [t("console.promised"), promised ?? t("console.no_promise")],
    [t("console.requested"), at(packet.requested_at)],
    ...Object.entries(packet.details).map(([name, value]) => detail(name, value)),
  ];
  facts.push(...earlier(packet));
  const { topic_names: topics } = packet;
  if (topics.length) facts.push([t("console.topics"), topics.join(", ")]);
  if (packet.contact_preference) facts.push([t("console.contact"), packet.contact_preference]);
  const told = [
    [t("console.asked"), quoted(packet)],
    [t("console.answered"), answers(packet)],
  ];
  $("packet").replaceChildren(list("facts-list", facts), list("told", told));
}

function list(className, rows) {
  const pairs = rows.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]);
  return h("dl", { className }, pairs);
}

function quoted(packet) {
  const lines = packet.asked.length ? packet.asked : [packet.question].filter(Boolean);
  return h("ul", { className: "asked", lang: packet.language }, lines.map((one) => h("li", {}, one)));
}

function answers(packet) {
  if (!packet.answers.length) return t("console.nothing_answered");
  return h("ul", {}, packet.answers.map((one) => h("li", {}, one.title)));
}

export class Notes {
  #box = $("note");
  #id = null;
  #reload;

  constructor(reload) {
    this.#reload = reload;
    $("only-staff").prepend(icon("lock"));
    this.#box.addEventListener("input", () => kept.set(this.#key, this.#box.value || null));
    $("note-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#save();
    });
  }

  show(id, notes) {
    if (id !== this.#id) {
      this.#id = id;
      this.#box.value = kept.get(this.#key) ?? "";
    }
    $("notes-empty").hidden = notes.length > 0;
    reconcile($("note-list"), notes, {
      key: (note) => note.id,
      create: (note) =>
        h(
          "li",
          { className: "note" },
          h("p", { className: "by" }, `${note.agent_name} · ${at(note.created_at)}`),
          h("p", { className: "note-text" }, note.text),
        ),
    });
  }

  get #key() {
    return `note.${this.#id}`;
  }

  async #save() {
    const text = this.#box.value.trim();
    const id = this.#id;
    if (!text) return;
    try {
      await api("POST", `/api/conversations/${id}/notes`, { text });
      kept.set(`note.${id}`, null);
      if (this.#id === id) this.#box.value = "";
      announce(t("console.note_saved"));
      this.#reload();
    } catch (error) {
      notify(error.words, { error: true });
    }
  }
}
