/**
 * The text as a patient will see it: drawn by the widget's own code with the widget's own style
 * sheet, in a shadow tree so that neither style touches the other.
 */

import { api } from "../staff/api.js";
import { $, debounce, h, icon } from "../staff/dom.js";
import { page, t } from "../staff/page.js";
import { renderMessage } from "../widget/message.js";
import { Words } from "../widget/words.js";

const PAUSE_MS = 300;

export class Preview {
  #asked = 0;
  #shown = null;
  #window;
  #later = debounce(() => this.#draw(), PAUSE_MS);

  constructor() {
    const root = $("preview-window").attachShadow({ mode: "open" });
    for (const sheet of ["../base.css", "../widget/widget.css"]) {
      root.append(h("link", { rel: "stylesheet", href: new URL(sheet, import.meta.url).href }));
    }
    this.#window = h("div", { className: "messages" });
    root.append(this.#window);
  }

  /** Shows this text soon; `version` says where its dates and review stand. */
  show(language, values, version) {
    this.#shown = { language, values, version };
    this.#later();
  }

  async #draw() {
    const { language, values, version } = this.#shown;
    const turn = ++this.#asked;
    let found;
    try {
      const { title, lead, more } = values;
      found = await api("POST", "/api/preview", { language, title, lead, more });
    } catch (error) {
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
        title: values.title,
        language,
        sources: values.sources,
        verified_on: values.verified_on,
        reviewed: Boolean(version?.reviewed_by),
      },
    };
    const words = new Words(page.widget_texts, language);
    this.#window.lang = language;
    this.#window.replaceChildren(renderMessage(message, words));
    this.#problems(found.problems);
  }

  #problems(problems) {
    const items = problems.map(({ message, remedy }) =>
      h("li", {}, icon("alert"), h("span", {}, [message, remedy].filter(Boolean).join(" "))),
    );
    const title = h("h3", {}, t("studio.problems"));
    $("preview-problems").replaceChildren(...(items.length ? [title, h("ul", {}, items)] : []));
  }
}
