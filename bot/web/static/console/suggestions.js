/** Articles that fit what the patient asked last; one click puts the words into the reply. */

import { renderBlocks } from "../blocks.js";
import { api } from "../staff/api.js";
import { $, button, h } from "../staff/dom.js";
import { t } from "../staff/page.js";
import { languageName } from "../staff/words.js";
import { explain } from "../staff/work.js";

export class Suggestions {
  #case = null;
  #language;
  #insert;
  #asked = 0;

  /** `language()` as for snippets; `insert(text, article)` puts an article into the reply. */
  constructor(language, insert) {
    this.#language = language;
    this.#insert = insert;
    $("open-suggestions").addEventListener("click", () => this.toggle());
  }

  /** The case whose patient is answered; nothing when its agent may not write. */
  show(id) {
    if (id === this.#case) return;
    this.#case = id;
    this.#fold();
  }

  toggle() {
    if ($("suggestions").hidden) this.#open();
    else this.#fold();
  }

  /** The patient wrote, or the language was changed: what is open is read again. */
  refresh() {
    if (!$("suggestions").hidden) this.#open();
  }

  #fold() {
    this.#asked += 1;
    $("suggestions").hidden = true;
    $("open-suggestions").setAttribute("aria-expanded", "false");
  }

  async #open() {
    const asked = ++this.#asked;
    const path = `/api/conversations/${this.#case}/suggestions?language=${this.#language()}`;
    $("open-suggestions").setAttribute("aria-expanded", "true");
    let found;
    try {
      found = await api("GET", path, undefined, { background: true });
    } catch (error) {
      explain(error);
      this.#fold();
      return;
    }
    if (asked === this.#asked) this.#draw(found);
  }

  #draw({ question, articles }) {
    const none = h("p", { className: "empty" }, t("writing.suggestions_none"));
    const about = h("p", { className: "about" }, t("writing.suggestions_for", { question }));
    const list = h("ul", { className: "suggested" }, articles.map((one) => this.#item(one)));
    $("suggestions").replaceChildren(...(articles.length ? [about, list] : [none]));
    $("suggestions").hidden = false;
  }

  #item(article) {
    const { title, language, other_language: other, blocks, lead, full } = article;
    const badge = other ? h("span", { className: "badge warn" }, languageName(language)) : null;
    const put = (text) => () => {
      this.#fold();
      this.#insert(text, article);
    };
    return h(
      "li",
      {},
      h("p", { className: "suggested-title" }, h("b", { lang: language }, title), badge),
      h("div", { className: "suggested-words", lang: language }, renderBlocks(blocks)),
      h(
        "p",
        { className: "suggested-do" },
        namedButton(title, t("writing.insert"), put(lead)),
        full ? namedButton(title, t("writing.insert_full"), put(full)) : null,
      ),
    );
  }
}

function namedButton(title, words, click) {
  const label = `${words}: ${title}`;
  return button(words, click, "", { "aria-label": label });
}
