/**
 * The reply box. What is typed is kept per conversation in this tab until the server has it, and
 * the same text keeps its client id, so that sending it again never says it twice.
 */

import { api } from "../staff/api.js";
import { $, newId } from "../staff/dom.js";
import { notify } from "../staff/notices.js";
import { t } from "../staff/page.js";
import { kept } from "../staff/session.js";
import { inLanguage } from "./words.js";

const TYPING_MS = 3000;

export class Composer {
  #box = $("reply");
  #case = null;
  #sending = false;
  #socket;
  #on;
  #typedAt = 0;
  #stopTyping = 0;

  /**
   * `on.sent()` is called after a reply, `on.stale()` when the conversation turned out to be
   * somebody else's; the latter returns how it stands now.
   */
  constructor(socket, on) {
    this.#socket = socket;
    this.#on = on;
    $("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    this.#box.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#send();
    });
    this.#box.addEventListener("input", () => {
      this.#keep();
      this.#tellTyping();
      this.#grow();
    });
  }

  /** Shows the box as the case allows: `conversation` is the server's, as last read. */
  show(conversation) {
    const other = conversation.id !== this.#case?.id;
    this.#case = conversation;
    if (other) {
      this.#box.value = kept.get(this.#key)?.text ?? "";
      $("lost").hidden = true;
    }
    const may = conversation.mine;
    if (may) $("lost").hidden = true;
    $("cannot").hidden = may;
    $("cannot").textContent = may ? "" : reasonNot(conversation);
    // Text that was typed stays in sight, and can be selected, when it cannot be sent.
    const typed = this.#box.value !== "";
    $("reply-label").hidden = !may && !typed;
    this.#box.parentElement.hidden = !may && !typed;
    this.#box.readOnly = !may;
    $("send").setAttribute("aria-disabled", String(!may));
    $("reply-label").textContent = t(may ? "console.reply" : "console.draft_kept");
    document.querySelector(".composer .hint").hidden = !may;
    $("reply-language").textContent = t("console.reply_language", {
      language: inLanguage(conversation.language),
    });
    this.#grow();
  }

  focus() {
    if (!this.#box.readOnly) this.#box.focus();
  }

  get #key() {
    return `draft.${this.#case.id}`;
  }

  #keep() {
    const text = this.#box.value;
    kept.set(this.#key, text ? { text, client_id: this.#clientId(text) } : null);
  }

  #clientId(text) {
    const before = kept.get(this.#key);
    return before?.text === text ? before.client_id : newId();
  }

  async #send() {
    const text = this.#box.value.trim();
    if (!text || this.#sending || this.#box.readOnly) return;
    this.#sending = true;
    this.#keep();
    const { id, epoch } = this.#case;
    const draft = kept.get(`draft.${id}`);
    $("send").textContent = t("console.sending");
    try {
      await api("POST", `/api/conversations/${id}/messages`, {
        client_id: draft.client_id,
        text,
        epoch,
      });
      if (kept.get(`draft.${id}`)?.client_id === draft.client_id) kept.set(`draft.${id}`, null);
      if (this.#case.id === id && this.#box.value === draft.text) this.#box.value = "";
      this.#grow();
      this.#on.sent();
    } catch (error) {
      this.#refused(error, id);
    } finally {
      this.#sending = false;
      $("send").textContent = t("console.send");
    }
  }

  async #refused(error, id) {
    if (error.code !== "stale_owner") {
      notify(error.words, { error: true });
      return;
    }
    const now = await this.#on.stale();
    if (!now || now.id !== id || now.mine) return;
    $("lost").textContent = now.agent_name
      ? t("console.lost_case", { name: now.agent_name })
      : t("console.lost_case_nobody");
    $("lost").hidden = false;
  }

  #tellTyping() {
    const frame = { type: "typing.set", conversation_id: this.#case.id };
    clearTimeout(this.#stopTyping);
    this.#stopTyping = setTimeout(() => {
      this.#typedAt = 0;
      this.#socket.send({ ...frame, typing: false });
    }, TYPING_MS);
    if (Date.now() - this.#typedAt < TYPING_MS) return;
    this.#typedAt = Date.now();
    this.#socket.send({ ...frame, typing: true });
  }

  #grow() {
    const lines = this.#box.value.split("\n").length;
    this.#box.rows = Math.min(8, Math.max(2, lines));
  }
}

function reasonNot({ owner, agent_name: name }) {
  if (owner === "agent") return t("console.cannot_reply_agent", { name: name ?? "" });
  return t(`console.cannot_reply_${owner}`);
}
