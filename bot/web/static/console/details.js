/** The notes that only staff see. */

import { api } from "../staff/api.js";
import { $, h, icon, reconcile } from "../staff/dom.js";
import { announce } from "../staff/notices.js";
import { t } from "../staff/page.js";
import { kept } from "../staff/session.js";
import { at } from "../staff/words.js";
import { explain } from "../staff/work.js";

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
      explain(error);
    }
  }
}
