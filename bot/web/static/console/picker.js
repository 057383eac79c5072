/**
 * A list of choices under a text box, opened by a character at the start of a word.
 *
 * The box keeps the focus; arrows move through the list, Enter or Tab takes a choice, Escape
 * closes the list and leaves the text alone.
 */

import { h } from "../staff/dom.js";
import { announce } from "../staff/notices.js";
import { t } from "../staff/page.js";
import { plain } from "../staff/words.js";

const SHOWN = 30;
let pressed = false;
document.addEventListener("pointerdown", () => (pressed = true), { capture: true });
for (const end of ["pointerup", "pointercancel"]) {
  document.addEventListener(end, () => (pressed = false), { capture: true });
}

export class Picker {
  #box;
  #list;
  #options;
  #found = [];
  #at = 0;
  #start = -1;
  #asked = 0;
  #closedAt = null;

  /**
   * `options`: `opens` (a regular expression for the text before the caret, its first group what
   * was typed so far), `items()` (a promise), `fits(item, typed)`, `draw(item)`,
   * `take(item, {start, end})`, and `shown(open)` if somebody has to know.
   */
  constructor(box, list, options) {
    this.#box = box;
    this.#list = list;
    this.#options = options;
    box.setAttribute("aria-autocomplete", "list");
    box.setAttribute("aria-haspopup", "listbox");
    box.addEventListener("input", () => this.#look());
    box.addEventListener("click", () => this.#look());
    box.addEventListener("blur", () => this.#left());
    box.addEventListener("keydown", (event) => this.#key(event), { capture: true });
    // Before the box loses the focus, and with it the list.
    list.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      const option = event.target.closest("[role=option]");
      if (option) this.#take(Number(option.dataset.at));
    });
  }

  get open() {
    return !this.#list.hidden;
  }

  close() {
    this.#start = -1;
    this.#asked += 1;
    if (this.open) this.#options.shown?.(false);
    this.#list.hidden = true;
    this.#list.replaceChildren();
    this.#box.removeAttribute("aria-activedescendant");
    this.#box.removeAttribute("aria-controls");
  }

  /**
   * The box lost the focus. A list that closes under a press moves what is pressed from under the
   * pointer, and the click is lost: it stays until the pointer is up.
   */
  #left() {
    if (!pressed) return this.close();
    const done = () => setTimeout(() => document.activeElement !== this.#box && this.close());
    for (const end of ["pointerup", "pointercancel"]) {
      document.addEventListener(end, done, { once: true, capture: true });
    }
  }

  async #look() {
    const { value, selectionStart, selectionEnd, readOnly } = this.#box;
    const before = value.slice(0, selectionStart);
    const match = selectionStart === selectionEnd && !readOnly && this.#options.opens.exec(before);
    const start = match ? before.length - match[1].length - 1 : -1;
    if (!match || start === this.#closedAt) {
      if (!match) this.#closedAt = null;
      if (this.open) this.close();
      return;
    }
    this.#closedAt = null;
    const asked = ++this.#asked;
    const items = await this.#options.items();
    if (asked !== this.#asked) return;
    const found = items.filter((item) => this.#options.fits(item, plain(match[1]))).slice(0, SHOWN);
    if (!found.length) return this.close();
    const opening = !this.open;
    this.#start = start;
    this.#found = found;
    this.#show(opening);
  }

  #show(opening) {
    const list = this.#list;
    this.#at = 0;
    list.replaceChildren(
      ...this.#found.map((item, at) =>
        h(
          "div",
          { role: "option", id: `${list.id}-${at}`, className: "option", "data-at": at },
          this.#options.draw(item),
        ),
      ),
    );
    list.hidden = false;
    this.#options.shown?.(true);
    list.scrollTop = 0;
    this.#box.setAttribute("aria-controls", list.id);
    this.#mark();
    if (opening) announce(t("writing.choices_open", { count: this.#found.length }));
  }

  #mark() {
    [...this.#list.children].forEach((option, at) => {
      option.setAttribute("aria-selected", String(at === this.#at));
    });
    const active = this.#list.children[this.#at];
    this.#box.setAttribute("aria-activedescendant", active.id);
    active.scrollIntoView({ block: "nearest" });
  }

  #key(event) {
    if (!this.open || event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const count = this.#found.length;
    if (step) {
      this.#at = (this.#at + step + count) % count;
      this.#mark();
    } else if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey && !event.ctrlKey) {
      this.#take(this.#at);
    } else if (event.key === "Escape") {
      this.#closedAt = this.#start;
      this.close();
    } else {
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  #take(at) {
    const item = this.#found[at];
    const range = { start: this.#start, end: this.#box.selectionStart };
    this.close();
    this.#options.take(item, range);
  }
}
