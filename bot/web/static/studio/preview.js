/**
 * The text as a patient will see it: in the language that is written, in the other one, or in both;
 * as wide as the chat is on a computer, or on a small phone.
 */

import { api } from "../staff/api.js";
import { $, debounce, h, icon } from "../staff/dom.js";
import { page, t } from "../staff/page.js";
import { renderMessage } from "../widget/message.js";
import { Words } from "../widget/words.js";
import { chatWindow } from "./chat_window.js";
import { drawFacts } from "./facts.js";
import { findingWords } from "./problems.js";

const PAUSE_MS = 300;
const LANGUAGES = ["en", "es"];

export class Preview {
  #shown = null;
  #others = {};
  #found;
  #wanted = "own";
  #panes;

  /** `found(values, terms)` is called with what the server found in the text that is written. */
  constructor(found) {
    this.#found = found;
    this.#panes = Object.fromEntries(LANGUAGES.map((one) => [one, new Pane(one)]));
    for (const button of document.querySelectorAll("[data-preview-language]")) {
      button.addEventListener("click", () => this.#want(button.dataset.previewLanguage));
    }
    for (const button of document.querySelectorAll("[data-preview-width]")) {
      button.addEventListener("click", () => {
        $("preview").dataset.width = button.dataset.previewWidth;
        press("previewWidth", button.dataset.previewWidth);
      });
    }
  }

  /** Shows this text soon; `version` says where its dates and review stand, `others` are the texts
   * of the other languages. */
  show(language, values, version, others) {
    if (this.#shown?.language !== language) this.#wanted = language;
    this.#shown = { language, values, version };
    this.#others = others;
    this.#draw();
  }

  #want(wanted) {
    this.#wanted = wanted;
    this.#draw();
  }

  #draw() {
    press("previewLanguage", this.#wanted);
    const { language, values, version } = this.#shown;
    for (const one of LANGUAGES) {
      const pane = this.#panes[one];
      const own = one === language;
      pane.hidden = this.#wanted !== "both" && this.#wanted !== one;
      const text = own ? values : (this.#others[one]?.draft ?? this.#others[one]?.live ?? null);
      // The written text is always read: its terms and facts are shown also where it is not.
      if (!own && pane.hidden) continue;
      pane.show(text, own ? version : this.#others[one]?.live, (found) => {
        if (!own) return;
        drawFacts($("facts-used"), found.facts, one);
        this.#found(values, found.terms);
      });
    }
  }
}

function press(name, value) {
  const attribute = name.replace(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`);
  for (const button of document.querySelectorAll(`[data-${attribute}]`)) {
    button.setAttribute("aria-pressed", String(button.dataset[name] === value));
  }
}

/** One chat window with one text in one language. */
class Pane {
  #language;
  #asked = 0;
  #text = null;
  #version = null;
  #done = null;
  #window;
  #later = debounce(() => this.#draw(), PAUSE_MS);

  constructor(language) {
    this.#language = language;
    this.#window = chatWindow($(`preview-window-${language}`), language);
  }

  get hidden() {
    return $(`preview-${this.#language}`).hidden;
  }

  set hidden(hidden) {
    $(`preview-${this.#language}`).hidden = hidden;
  }

  show(text, version, done) {
    [this.#text, this.#version, this.#done] = [text, version, done];
    $(`preview-none-${this.#language}`).hidden = text !== null;
    $(`preview-window-${this.#language}`).hidden = text === null;
    if (text) this.#later();
    else this.#problems([]);
  }

  async #draw() {
    const [text, language] = [this.#text, this.#language];
    if (!text) return;
    const turn = ++this.#asked;
    let found;
    try {
      const { title, lead, more } = text;
      found = await api("POST", "/api/preview", { language, title, lead, more });
    } catch (error) {
      if (!error.code) throw error;
      if (turn === this.#asked) this.#problems([{ message: error.words }]);
      return;
    }
    if (turn !== this.#asked) return;
    const message = {
      author: "bot",
      kind: "answer",
      language,
      blocks: found.blocks,
      more: found.more,
      options: [],
      source: {
        title: text.title,
        language,
        sources: text.sources,
        verified_on: text.verified_on,
        reviewed: Boolean(this.#version?.reviewed_by),
      },
    };
    const words = new Words(page.widget_texts, language);
    this.#window.replaceChildren(renderMessage(message, words));
    this.#problems(found.problems);
    this.#done(found);
  }

  #problems(problems) {
    const items = problems.map((one) =>
      h("li", { className: "problem" }, icon("alert"), h("span", {}, findingWords(one))),
    );
    const title = h("h3", {}, t("studio.problems"));
    $(`preview-problems-${this.#language}`).replaceChildren(
      ...(items.length ? [title, h("ul", {}, items)] : []),
    );
  }
}
