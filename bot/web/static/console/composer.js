/**
 * The reply box. What is typed is kept per conversation in this tab (`sessionStorage`: it ends with
 * the tab, at sign-out, and when somebody else signs in, as a shared computer needs) until the
 * server has it, and the same text keeps its client id, so that sending it again never says it
 * twice.
 */

import { $, newId } from "../staff/dom.js";
import { notify } from "../staff/notices.js";
import { page, t } from "../staff/page.js";
import { kept } from "../staff/session.js";
import { explain } from "../staff/work.js";
import { DraftView } from "./draft.js";
import { Outgoing } from "./outgoing.js";
import { Snippets, unfilled } from "./snippets.js";
import { Suggestions } from "./suggestions.js";
import { foreign, inLanguage } from "./words.js";

const TYPING_MS = 3000;
const LANGUAGES = ["en", "es"];

export class Composer {
  #box = $("reply");
  #case = null;
  #title = "";
  #article = null;
  #language = page.language;
  #socket;
  #on;
  #typedAt = 0;
  #stopTyping = 0;
  #draft = new DraftView();
  #outgoing;
  #snippets;
  #suggestions;

  /**
   * `on.sent()` is called after a reply, `on.stale()` when the conversation turned out to be
   * somebody else's; the latter returns how it stands now.
   */
  constructor(socket, on) {
    this.#socket = socket;
    this.#on = on;
    this.#outgoing = new Outgoing({
      sent: () => on.sent(),
      refused: (error, reply) => this.#refused(error, reply),
      undone: (reply) => this.#undone(reply),
    });
    const language = () => this.#language;
    this.#snippets = new Snippets(this.#box, language);
    this.#suggestions = new Suggestions(language, (text, article) => this.#insert(text, article));
    $("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    this.#box.addEventListener("keydown", (event) => this.#key(event));
    this.#box.addEventListener("input", () => this.#typed());
    for (const one of LANGUAGES) $(`write-${one}`).addEventListener("click", () => this.#write(one));
  }

  /** What an earlier page of this tab had on its way. Call once it is known who is signed in. */
  restore() {
    this.#outgoing.restore();
  }

  /** Shows the box as the case allows: `conversation` is the server's, as last read. */
  show(conversation, title) {
    const other = conversation.id !== this.#case?.id;
    const switched = !other && conversation.language !== this.#case.language;
    this.#case = conversation;
    this.#title = title;
    this.#snippets.show(conversation.id);
    this.#suggestions.show(conversation.id);
    this.#outgoing.show(conversation.id);
    if (other) this.#open();
    else if (switched) this.#writeTo(conversation.language);
    const may = conversation.mine;
    if (may) $("lost").hidden = true;
    $("cannot").hidden = may;
    $("cannot").textContent = may ? "" : reasonNot(conversation);
    // Text that was typed stays in sight, and can be selected, when it cannot be sent.
    const typed = this.#box.value !== "";
    $("reply-label").hidden = !may && !typed;
    this.#box.parentElement.hidden = !may && !typed;
    this.#box.readOnly = !may;
    $("tools").hidden = !may;
    $("foreign").hidden = !may || !foreign(conversation.language);
    $("foreign").textContent = t("writing.foreign", { language: inLanguage(conversation.language) });
    $("send").setAttribute("aria-disabled", String(!may));
    $("reply-label").textContent = t(may ? "console.reply" : "console.draft_kept");
    document.querySelector(".composer .hint").hidden = !may;
    $("reply-language").hidden = !$("foreign").hidden;
    $("reply-language").textContent = t("console.reply_language", {
      language: inLanguage(conversation.language),
    });
    this.#grow();
  }

  focus() {
    if (!this.#case || this.#box.readOnly) return false;
    this.#box.focus();
    return true;
  }

  /**
   * Sends what still waits, before a verb moves the case. Resolves to whether the patient has every
   * reply: one that was refused stands in the way until it is sent again, changed or deleted.
   */
  async settle() {
    if (!this.#case) return true;
    const { id, mine } = this.#case;
    const stored = await this.#outgoing.flush(id);
    return stored && !(mine && kept.get(`draft.${id}`)?.refused);
  }

  /** Takes the reply that waits in this case back into the box. */
  undo() {
    return Boolean(this.#case) && this.#outgoing.undo(this.#case.id);
  }

  /** The patient wrote: there may be more to fill in, and something else to suggest. */
  patientWrote() {
    this.#snippets.refresh();
    this.#suggestions.refresh();
  }

  get #kept() {
    return `draft.${this.#case.id}`;
  }

  #open() {
    const before = kept.get(this.#kept);
    this.#box.value = before?.text ?? "";
    this.#article = before?.article ?? null;
    $("lost").hidden = true;
    this.#draft.clear();
    const { id, language, mine } = this.#case;
    if (mine && before?.text) this.#draft.typed(id, before.text);
    this.#writeTo(language);
    this.#showSource();
  }

  /** Write in the patient's language from now on; what is in the box stays as it is. */
  #writeTo(language) {
    this.#write(LANGUAGES.includes(language) ? language : page.language);
  }

  /** The language of snippets, suggestions and the spelling check. */
  #write(language) {
    this.#language = language;
    this.#box.lang = language;
    for (const one of LANGUAGES) $(`write-${one}`).setAttribute("aria-pressed", String(one === language));
    this.#suggestions.refresh();
  }

  #typed() {
    const text = this.#box.value;
    if (!text.trim()) this.#article = null;
    this.#keep();
    this.#tellTyping();
    this.#grow();
    this.#showSource();
    this.#draft.typed(this.#case.id, text);
  }

  #keep() {
    const text = this.#box.value;
    const draft = { text, client_id: this.#clientId(text), article: this.#article };
    kept.set(this.#kept, text ? draft : null);
  }

  #clientId(text) {
    const before = kept.get(this.#kept);
    return before?.text === text ? before.client_id : newId();
  }

  #key(event) {
    if (event.isComposing) return;
    const strong = event.ctrlKey || event.metaKey;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.#send({ now: strong });
    } else if (event.key === "z" && strong && !this.#box.value && this.undo()) {
      event.preventDefault();
    }
  }

  /** An article's words, where the caret is. */
  #insert(text, { slug, version_id, title }) {
    const box = this.#box;
    const { selectionStart: start, selectionEnd: end, value } = box;
    const before = value.slice(0, start).trimEnd();
    const lead = before ? "\n\n" : "";
    box.setRangeText(lead + text, before.length, end, "end");
    this.#article = { slug, version_id, title };
    this.#typed();
    box.focus();
  }

  #showSource() {
    $("based-on").hidden = !this.#article;
    $("based-on").textContent = t("console.source", { title: this.#article?.title ?? "" });
  }

  #send({ now = false } = {}) {
    if (!this.#case || this.#box.readOnly) return;
    const text = this.#box.value.trim();
    const { id, epoch } = this.#case;
    if (!text) {
      this.#outgoing.flush(id);
      return;
    }
    const place = unfilled(this.#box.value);
    if (place) {
      this.#box.focus();
      this.#box.setSelectionRange(...place);
      notify(t("writing.not_filled_in"), { error: true });
      return;
    }
    this.#keep();
    const { client_id } = kept.get(this.#kept);
    const reply = { id, epoch, text, client_id, article: this.#article, title: this.#title };
    this.#empty();
    if (now) this.#outgoing.send(reply);
    else this.#outgoing.hold(reply);
  }

  #empty() {
    this.#box.value = "";
    this.#article = null;
    kept.set(this.#kept, null);
    this.#draft.clear();
    this.#showSource();
    this.#grow();
    clearTimeout(this.#stopTyping);
    this.#stoppedTyping(this.#case.id);
  }

  #undone(reply) {
    this.#putBack(reply);
    if (this.#case?.id === reply.id) this.focus();
  }

  /** What was not sent is a draft again, before anything that was written since. */
  #putBack({ id, text, client_id, article }, { refused = false } = {}) {
    const since = kept.get(`draft.${id}`)?.text;
    const draft = since
      ? { text: `${text}\n\n${since}`, client_id: newId(), article, refused }
      : { text, client_id, article, refused };
    kept.set(`draft.${id}`, draft);
    if (this.#case?.id !== id) return;
    this.#box.value = draft.text;
    this.#article = article;
    this.#showSource();
    this.#draft.typed(id, draft.text);
    this.show(this.#case, this.#title);
  }

  async #refused(error, reply) {
    this.#putBack(reply, { refused: true });
    if (error.code !== "stale_owner") {
      explain(error);
      return;
    }
    const now = await this.#on.stale();
    if (!now || now.id !== reply.id) {
      explain(error);
      return;
    }
    if (now.mine) return;
    $("lost").textContent = now.agent_name
      ? t("console.lost_case", { name: now.agent_name })
      : t("console.lost_case_nobody");
    $("lost").hidden = false;
  }

  #tellTyping() {
    const { id } = this.#case;
    clearTimeout(this.#stopTyping);
    this.#stopTyping = setTimeout(() => this.#stoppedTyping(id), TYPING_MS);
    if (Date.now() - this.#typedAt < TYPING_MS) return;
    this.#typedAt = Date.now();
    this.#socket.send({ type: "typing.set", conversation_id: id, typing: true });
  }

  #stoppedTyping(id) {
    if (!this.#typedAt) return;
    this.#typedAt = 0;
    this.#socket.send({ type: "typing.set", conversation_id: id, typing: false });
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
