/** Canned sentences: `/` at the start of a word lists them, in the language that is chosen. */

import { api } from "../staff/api.js";
import { $, h } from "../staff/dom.js";
import { notify } from "../staff/notices.js";
import { t } from "../staff/page.js";
import { plain } from "../staff/words.js";
import { explain } from "../staff/work.js";
import { Picker } from "./picker.js";

const OPENS = /(?:^|\s)\/([^\s/]{0,30})$/u;
const PLACE = /\{\{[^{}]*\}\}/u;

export class Snippets {
  #box;
  #case = null;
  #read = null;
  #reviewed = true;
  #language;

  /** `language()` says in which language the agent writes now. */
  constructor(box, language) {
    this.#box = box;
    this.#language = language;
    this.picker = new Picker(box, $("snippet-list"), {
      opens: OPENS,
      items: () => this.#items(),
      fits: (item, typed) => plain(`${item.id} ${this.#words(item).title}`).includes(typed),
      draw: (item) => this.#draw(item),
      take: (item, range) => this.#insert(item, range),
      shown: (open) => {
        $("snippets-unreviewed").hidden = !open || this.#reviewed;
      },
    });
    $("open-snippets").addEventListener("click", () => this.#start());
  }

  /** The case whose facts fill the places. They are read when they are first needed. */
  show(id) {
    if (id === this.#case) return;
    this.#case = id;
    this.#read = null;
    this.picker.close();
  }

  /** What the patient wrote since may fill more places. */
  refresh() {
    this.#read = null;
  }

  async #items() {
    this.#read ??= api("GET", `/api/conversations/${this.#case}/snippets`);
    try {
      const { snippets, reviewed } = await this.#read;
      this.#reviewed = reviewed;
      return snippets;
    } catch (error) {
      this.#read = null;
      explain(error);
      return [];
    }
  }

  #words(item) {
    return item.words[this.#language()];
  }

  #draw(item) {
    const { title, text, missing } = this.#words(item);
    const parts = [
      h("span", { className: "option-name" }, title),
      h("span", { className: "option-text", lang: this.#language() }, text),
    ];
    if (missing.length) {
      const places = missing.join(", ");
      parts.push(h("span", { className: "option-missing" }, t("writing.missing", { places })));
    }
    return parts;
  }

  /** The button does what typing `/` does. */
  #start() {
    const box = this.#box;
    box.focus();
    const before = box.value.slice(0, box.selectionStart);
    const space = before === "" || /\s$/u.test(before) ? "" : " ";
    box.setRangeText(`${space}/`, box.selectionStart, box.selectionEnd, "end");
    box.dispatchEvent(new Event("input"));
  }

  #insert(item, { start, end }) {
    const { text, missing } = this.#words(item);
    this.#box.setRangeText(text, start, end, "end");
    const place = PLACE.exec(text);
    if (place) {
      this.#box.setSelectionRange(start + place.index, start + place.index + place[0].length);
      notify(t("writing.fill_in", { places: missing.join(", ") }));
    }
    this.#box.dispatchEvent(new Event("input"));
  }
}

/** The first place that nothing filled yet: `[start, end]`, or null. */
export function unfilled(text) {
  const place = PLACE.exec(text);
  return place && [place.index, place.index + place[0].length];
}
