/** Who else has the same case open. */

import { $ } from "../staff/dom.js";
import { page, t } from "../staff/page.js";

export class Looking {
  #socket;
  #id = null;

  constructor(socket) {
    this.#socket = socket;
    socket.addEventListener("open", () => this.#say());
    socket.addEventListener("frame", ({ detail }) => this.#hear(detail));
  }

  /** This console shows the conversation with this id, or none. */
  show(id) {
    if (id === this.#id) return;
    this.#id = id;
    this.#draw([]);
    this.#say();
  }

  #say() {
    this.#socket.send({ type: "conversation.look", conversation_id: this.#id });
  }

  #hear(frame) {
    if (frame.type === "lookers.changed" && frame.conversation_id === this.#id) {
      this.#draw(frame.names);
    }
  }

  #draw(names) {
    const listed = new Intl.ListFormat(page.language, { type: "conjunction" }).format(names);
    $("lookers").hidden = !names.length;
    $("lookers").textContent =
      names.length > 1
        ? t("case.looking_many", { names: listed })
        : t("case.looking_one", { name: listed });
  }
}
