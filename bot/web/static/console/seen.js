/**
 * Who has seen what. The server hears how far this agent's screen showed the case, and a line
 * under the messages says whether the patient's chat showed the last reply. It is no live region:
 * that something was seen interrupts nobody.
 */

import { $ } from "../staff/dom.js";
import { t } from "../staff/page.js";

export class Seen {
  #socket;
  #case = null;
  #last = null;
  #patient = 0;
  #told = 0;

  constructor(socket) {
    this.#socket = socket;
    document.addEventListener("visibilitychange", () => this.#tell());
    socket.addEventListener("open", () => {
      this.#told = 0;
      this.#tell();
    });
  }

  /** The case as it was read; `messages` are its lines. */
  show(conversation, messages) {
    if (conversation.id !== this.#case?.id) {
      this.#patient = 0;
      this.#told = 0;
      this.#last = null;
    }
    // A case that was just claimed has been seen by somebody who had not to be told of.
    if (conversation.mine && !this.#case?.mine) this.#told = 0;
    this.#case = conversation;
    this.#patient = Math.max(this.#patient, conversation.seen_seq);
    const last = messages.at(-1);
    if (last) this.line(last);
    else this.#draw();
  }

  close() {
    this.#case = null;
    $("seen").hidden = true;
  }

  /** A line is shown. */
  line(message) {
    if (!this.#last || message.seq > this.#last.seq) this.#last = message;
    this.#draw();
    this.#tell();
  }

  /** The patient's chat showed the lines up to `seq`. */
  patient(seq) {
    this.#patient = Math.max(this.#patient, seq);
    this.#draw();
  }

  #tell() {
    const visible = document.visibilityState === "visible";
    const seq = this.#last?.seq ?? 0;
    if (!this.#case?.mine || !visible || seq <= this.#told || !this.#socket.live) return;
    this.#told = seq;
    this.#socket.send({ type: "message.seen", conversation_id: this.#case.id, seq });
  }

  #draw() {
    const mine = this.#last?.author === "agent";
    $("seen").hidden = !this.#case || !mine;
    if (!mine) return;
    $("seen").textContent = t(this.#last.seq <= this.#patient ? "writing.seen" : "writing.not_seen");
  }
}
