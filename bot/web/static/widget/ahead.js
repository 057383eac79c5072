/**
 * What the clinic tells everyone, below the greeting of a chat that has not begun. Once it begins
 * the same notices are its first lines, and take the place of these.
 */

import { renderMessage } from "./message.js";

export class Ahead {
  #list;
  #words;
  #notices = [];
  #nodes = [];

  constructor(list, words) {
    this.#list = list;
    this.#words = words;
  }

  show(notices) {
    this.#notices = notices;
    this.draw();
  }

  /** In the language of the page, whichever that is now. */
  draw() {
    for (const node of this.#nodes) node.remove();
    const language = this.#words.language;
    this.#nodes = this.#notices.map(({ ref, blocks }) => {
      const said = { author: "system", kind: "notice", language, blocks: blocks[language] };
      const node = renderMessage(said, this.#words);
      // Not a line of the conversation yet: nothing counts it, and nothing comes before it.
      delete node.dataset.kind;
      node.dataset.ahead = ref;
      return node;
    });
    this.#list.querySelector(".greeting").after(...this.#nodes);
  }

  /** Whether this line was read here already. The chat has begun: nothing stays ahead of it. */
  has(message) {
    if (!this.#notices.length) return false;
    if (message.author === "system" && message.kind === "notice") {
      const first = this.#notices.shift();
      this.#nodes.shift()?.remove();
      if (first) return true;
    }
    this.show([]);
    return false;
  }
}
