/**
 * The list of messages, in order, each announced once.
 *
 * The list is a polite live region: a message enters it as one finished element. What changes in
 * it later (delivery, a disclosure) is marked `aria-live="off"`, and a replay is not announced.
 */

import { closeChoices, renderMessage, showDelivery, showSeen, showStored, showWords } from "./message.js";

const MARGIN = 12;
const NEAR_END = 80;
// Lines stored within this many milliseconds are one reply, which is read from its start. A person's
// are never part of the assistant's, however quick the person is.
const ONE_REPLY = 2000;

export class MessageLog extends EventTarget {
  #list;
  #scroller;
  #more;
  #words;
  #danger = null;
  #following = true;
  #reply = null;
  #held = 0;
  #seen = 0;

  /** `list` is the live region in `scroller`; `more` the button to jump to what is new below. */
  constructor({ list, scroller, more }, words) {
    super();
    this.#list = list;
    this.#scroller = scroller;
    this.#more = more;
    this.#words = words;
    list.addEventListener("click", (event) => this.#pressed(event));
    more.addEventListener("click", () => this.toEnd());
    for (const target of [scroller, document]) {
      target.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    }
    new ResizeObserver(() => this.#resized()).observe(scroller);
  }

  /**
   * Adds a stored message, or settles the one already shown in its place. What was `read` before
   * the chat began takes its place in silence and moves nothing.
   */
  add(message, { replayed = false, read = false } = {}) {
    const shown = this.#find(message);
    if (shown) return message.author === "patient" && this.#settle(shown, message);
    if (message.kind === "safety") this.#dropUnstored();
    if (message.author === "patient") this.#danger = null;
    const node = renderMessage(message, this.#words);
    if (message.author === "patient") showDelivery(node, "sent", this.#words);
    if (read) this.#quietly(true, () => this.#insert(node, message.seq));
    else this.#quietly(replayed, () => this.#show(node, message));
    this.#closeAnswered();
  }

  /** Shows what the patient just said, before the server has it. */
  pending(item) {
    this.#danger = null;
    this.#reply = null;
    const message = {
      ...item,
      seq: null,
      author: "patient",
      kind: "text",
      language: this.#words.language,
      sent_at: item.at,
    };
    const node = renderMessage(message, this.#words);
    showDelivery(node, "sending", this.#words);
    this.#list.append(node);
    this.#closeAnswered();
    this.toEnd();
  }

  delivery(clientId, { state, seq, sentAt, shown }) {
    const node = this.#byClient(clientId);
    if (!node) return;
    if (seq) {
      node.dataset.seq = seq;
      this.#insert(node, seq);
    }
    if (sentAt) node.querySelector("time").dateTime = sentAt;
    if (shown) showWords(node, shown);
    showDelivery(node, state, this.#words);
  }

  /** The agent has the lines up to `seq` in sight: the patient's last one of them says so. */
  seen(seq) {
    this.#seen = Math.max(this.#seen, seq);
    this.#markSeen();
  }

  /** A safety text that could not be stored; the stored one takes its place later. */
  unstored(clientId, message) {
    if (this.#list.querySelector(`[data-unstored="${CSS.escape(clientId)}"]`)) return;
    const node = renderMessage({ ...message, author: "system" }, this.#words);
    node.dataset.unstored = clientId;
    this.#list.append(node);
    this.#more.hidden = true;
    this.#danger = node;
    this.#reveal(node);
  }

  remove(clientId) {
    this.#byClient(clientId)?.remove();
  }

  clear() {
    for (const node of this.#messages()) node.remove();
    this.#danger = null;
    this.#reply = null;
    this.#seen = 0;
    this.#following = true;
    this.#more.hidden = true;
    this.#view.scrollTop = 0;
  }

  /** The latest line; a chat without one stays at its greeting. */
  toEnd() {
    if (!this.#messages().length) return;
    this.#view.scrollTop = this.#view.scrollHeight;
    this.#following = true;
    this.#more.hidden = true;
  }

  /** What scrolls: the list, or the whole page where the window is too low for a list. */
  get #view() {
    const own = getComputedStyle(this.#scroller).overflowY !== "visible";
    return own ? this.#scroller : document.scrollingElement;
  }

  #messages() {
    return [...this.#list.querySelectorAll(".message[data-kind]")];
  }

  #byClient(clientId) {
    return clientId && this.#list.querySelector(`[data-client-id="${CSS.escape(clientId)}"]`);
  }

  #find({ seq, client_id: clientId }) {
    return this.#byClient(clientId) || this.#list.querySelector(`[data-seq="${Number(seq)}"]`);
  }

  /** By sequence number; what is not stored yet stays last. */
  #insert(node, seq) {
    const next = this.#messages().find(
      (other) => other !== node && (!other.dataset.seq || Number(other.dataset.seq) > seq),
    );
    const place = next ?? null;
    if (node.parentNode !== this.#list || node.nextElementSibling !== place) {
      this.#list.insertBefore(node, place);
    }
  }

  #show(node, message) {
    const at = Date.parse(message.sent_at);
    const person = message.author === "agent";
    const goesOn = this.#reply?.person === person && Math.abs(at - this.#reply.at) <= ONE_REPLY;
    if (!goesOn) this.#reply = { start: node, at, person, followed: this.#following };
    this.#insert(node, message.seq);
    if (message.kind === "safety") this.#danger = node;
    const follow = this.#reply.followed || message.author === "patient" || this.#danger === node;
    if (follow) this.#reveal(this.#reply.start);
    this.#pointBelow(node);
  }

  /** Scrolls to the start of a message, never past a safety text that was just given. */
  #reveal(node) {
    const view = this.#view;
    const start = (this.#danger ?? node).getBoundingClientRect().top - this.#top + view.scrollTop;
    view.scrollTop = Math.min(start - MARGIN, view.scrollHeight);
    this.#held = view.scrollTop;
    this.#following = true;
  }

  /** Offers the way to a message that begins below what is seen. Nothing covers a safety text. */
  #pointBelow(node) {
    const begins = node.getBoundingClientRect().top - this.#top;
    this.#more.hidden = Boolean(this.#danger) || begins + NEAR_END < this.#view.clientHeight;
  }

  get #top() {
    return this.#view === this.#scroller ? this.#scroller.getBoundingClientRect().top : 0;
  }

  #scrolled() {
    const { scrollHeight, scrollTop, clientHeight } = this.#view;
    this.#following = scrollHeight - scrollTop - clientHeight < NEAR_END;
    if (this.#following) this.#more.hidden = true;
  }

  /** A banner or a longer text takes room away from the list, not from its latest line. */
  #resized() {
    if (this.#view !== this.#scroller) return;
    const untouched = Math.abs(this.#scroller.scrollTop - this.#held) < 2;
    if (this.#danger) this.#reveal(this.#danger);
    else if (this.#reply && untouched) {
      this.#reveal(this.#reply.start);
      this.#pointBelow(this.#messages().at(-1));
    } else if (this.#following) this.toEnd();
  }

  #quietly(quiet, act) {
    if (!quiet) return act();
    this.#list.setAttribute("aria-live", "off");
    act();
    requestAnimationFrame(() =>
      requestAnimationFrame(() => this.#list.setAttribute("aria-live", "polite")),
    );
  }

  /** Choices are open only until the patient says something after them. */
  #closeAnswered() {
    let spoken = false;
    let choice = null;
    for (const node of this.#messages().reverse()) {
      if (spoken) closeChoices(node, choice, this.#words);
      if (!node.dataset.delivery) continue;
      spoken = true;
      choice = node.dataset.choice ?? null;
    }
  }

  #settle(node, message) {
    showStored(node, message, this.#words);
    if (node.dataset.delivery !== "read_in_part") showDelivery(node, "sent", this.#words);
    this.#insert(node, message.seq);
  }

  #markSeen() {
    const own = this.#messages().filter((node) => node.dataset.delivery === "sent");
    const seen = own.filter((node) => Number(node.dataset.seq) <= this.#seen).at(-1);
    for (const node of own) showSeen(node, node === seen, this.#words);
  }

  #dropUnstored() {
    for (const node of this.#list.querySelectorAll("[data-unstored]")) node.remove();
  }

  #pressed(event) {
    const button = event.target.closest("button[data-slug]");
    if (!button || button.disabled) return;
    const detail = { slug: button.dataset.slug, text: button.textContent };
    this.dispatchEvent(new CustomEvent("choose", { detail }));
  }
}
