/** Both texts as patients will see them: drawn by the widget's code, in the widget's style. */

import { api } from "../staff/api.js";
import { $, debounce } from "../staff/dom.js";
import { page } from "../staff/page.js";
import { chatWindow } from "../studio/chat_window.js";
import { renderMessage } from "../widget/message.js";
import { Words } from "../widget/words.js";

const PAUSE_MS = 300;

export class NoticePreview {
  #asked = 0;
  #window;
  #texts = { en: "", es: "" };
  #later = debounce(() => this.#draw(), PAUSE_MS);

  constructor() {
    this.#window = chatWindow($("preview-window"));
  }

  show(values) {
    this.#texts = { en: values.en, es: values.es };
    this.#later();
  }

  async #draw() {
    const turn = ++this.#asked;
    const texts = this.#texts;
    // The preview of a moment ago is better than an error nobody can act on.
    const found = await api("POST", "/api/notices/preview", texts, { background: true }).catch(() => null);
    if (!found || turn !== this.#asked) return;
    this.#window.replaceChildren(
      ...["en", "es"].filter((language) => texts[language].trim()).map((language) => this.#said(language, found)),
    );
  }

  #said(language, found) {
    const message = { author: "system", kind: "notice", language, blocks: found[language] };
    const node = renderMessage(message, new Words(page.widget_texts, language));
    node.lang = language;
    return node;
  }
}
