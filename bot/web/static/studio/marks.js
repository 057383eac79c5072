/** Agreed words and words to avoid, marked where they stand: in text that is read, and behind the
 * letters of a text that is typed. */

import { $, h } from "../staff/dom.js";
import { t } from "../staff/page.js";

/** The text as nodes, its terms marked. Positions count characters, as the server does. */
export function withMarks(text, terms) {
  const letters = [...text];
  const nodes = [];
  let at = 0;
  for (const { start, end, kind, use, es } of terms ?? []) {
    nodes.push(letters.slice(at, start).join(""));
    const mark = h("mark", { className: `term ${kind}` }, letters.slice(start, end).join(""));
    mark.title = hint(kind, use, es);
    nodes.push(mark);
    at = end;
  }
  nodes.push(letters.slice(at).join(""));
  return nodes.filter((node) => node !== "");
}

function hint(kind, use, es) {
  if (kind === "avoid") return t("editor.term_avoid", { use });
  return es ? t("editor.term_translated", { use, es }) : t("editor.term_agreed", { use });
}

/** A text area whose terms are marked behind its letters. It grows with its text. */
export class Marked {
  #area;
  #behind;
  #list;

  constructor(id) {
    this.#area = $(id);
    this.#behind = $(`${id}-behind`);
    this.#list = $(`${id}-terms`);
    this.#area.addEventListener("input", () => {
      this.#behind.replaceChildren();
      this.fit();
    });
    // It has no height while the article is hidden, and another with another width.
    let width = 0;
    new ResizeObserver(([{ contentRect }]) => {
      if (contentRect.width === width) return;
      width = contentRect.width;
      requestAnimationFrame(() => this.fit());
    }).observe(this.#area.parentElement);
    new ResizeObserver(() => this.#align()).observe(this.#area);
    this.#area.addEventListener("scroll", () => this.#align());
  }

  /** Marks the terms, if the text is still the one they were found in. */
  show(text, terms) {
    if (this.#area.value.trim() !== text.trim()) return;
    const lead = this.#area.value.length - this.#area.value.trimStart().length;
    const before = this.#area.value.slice(0, lead);
    this.#behind.replaceChildren(before, ...withMarks(this.#area.value.slice(lead), terms), "\n");
    const avoid = terms.filter((one) => one.kind === "avoid");
    const letters = [...text];
    this.#list.replaceChildren(
      ...avoid.map((one) =>
        h(
          "li",
          {},
          t("editor.term_say", { said: letters.slice(one.start, one.end).join(""), use: one.use }),
        ),
      ),
    );
    this.#align();
  }

  fit() {
    this.#area.style.height = "auto";
    this.#area.style.height = `${this.#area.scrollHeight + 2}px`;
    this.#align();
  }

  #align() {
    this.#behind.style.width = `${this.#area.clientWidth}px`;
    this.#behind.style.height = `${this.#area.clientHeight}px`;
    this.#behind.scrollTop = this.#area.scrollTop;
  }
}
