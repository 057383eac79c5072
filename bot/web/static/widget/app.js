/** `<careline-chat>`: joins the conversation, the page's parts and the page around it. */

import { Ahead } from "./ahead.js";
import { Composer } from "./composer.js";
import { Contact } from "./contact.js";
import { Conversation } from "./conversation.js";
import { pageData } from "./dom.js";
import { Host } from "./host.js";
import { Idle } from "./idle.js";
import { MessageLog } from "./log.js";
import { Notes } from "./notes.js";
import { Rating } from "./rating.js";
import { Sight } from "./sight.js";
import { Status } from "./status.js";
import { Store } from "./store.js";
import { Words } from "./words.js";

const TYPING_FADES = 20_000;

class CarelineChat extends HTMLElement {
  #host = null;
  #open = true;
  #unread = 0;
  #newest = 0;
  #typing = 0;

  async connectedCallback() {
    const page = pageData();
    const found = await Host.find();
    this.#host = found?.host ?? null;
    this.#open = found?.open ?? true;
    this.store = this.#host ? Store.inHost(this.#host, found.stored) : Store.inSession();
    const { clinic, phone, language, limit } = page;
    this.words = new Words(page.texts, language, { clinic, phone, limit: String(limit) });
    this.#use(this.store.get("language") ?? language);
    this.#build(page);
    this.#wire();
    this.#resume();
  }

  #part(name) {
    return this.querySelector(`[data-part="${name}"]`);
  }

  #parts(...names) {
    return Object.fromEntries(names.map((name) => [name, this.#part(name)]));
  }

  #build({ limit, idle_minutes: minutes }) {
    const url = new URL("/widget/ws", location.href);
    url.protocol = url.protocol.replace("http", "ws");
    this.conversation = new Conversation(url, this.store, this.words.language);
    this.log = new MessageLog(this.#parts("list", "scroller", "more"), this.words);
    this.ahead = new Ahead(this.#part("list"), this.words);
    this.sight = new Sight(this.#part("list"), (seq) => this.conversation.setSeen(seq));
    this.composer = new Composer(this.#parts("form", "input", "error", "count"), this.words, limit);
    this.status = new Status(
      this.#parts("banner", "title", "detail", "emergency", "who", "typing", "person", "announcer"),
      this.words,
    );
    this.contact = new Contact(this.#part("contact"), this.words, {
      token: () => this.store.get("token"),
      announce: (text) => this.status.announce(text),
    });
    this.notes = new Notes(this.#parts("notes", "ending"), this);
    this.rating = new Rating(this.#part("after"), this.words, this.store.get("skipped"));
    this.idle = new Idle(minutes, () => this.status.set({ idle: minutes }));
  }

  #wire() {
    const { conversation, composer, log, status } = this;
    const on = (source, type, act) => source.addEventListener(type, (event) => act(event.detail));
    on(conversation, "message", (detail) => this.#received(detail));
    on(conversation, "notices", ({ notices }) => this.ahead.show(notices));
    on(conversation, "delivery", (detail) => log.delivery(detail.clientId, detail));
    on(conversation, "state", ({ state, before }) => this.#moved(state, before));
    on(conversation, "typing", ({ author, typing }) => this.#showTyping(typing ? author : null));
    on(conversation, "seen", ({ seq }) => log.seen(seq));
    on(conversation, "safety", ({ clientId, message }) => log.unstored(clientId, message));
    on(conversation, "link", ({ up }) => this.#linked(up));
    on(conversation, "storage", ({ down }) => status.set({ storage: down }));
    on(conversation, "refused", (detail) => this.#refused(detail));
    on(conversation, "problem", ({ text }) => composer.complain(text));
    on(conversation, "barred", ({ text }) => status.set({ barred: text }));
    for (const why of ["ended", "lost", "switched"]) on(conversation, why, (detail) => this.#cleared(why, detail));
    on(log, "choose", ({ slug, text }) => this.#say(text, slug));
    on(composer, "say", ({ text }) => this.#say(text));
    on(composer, "draft", ({ text }) => this.store.set({ draft: text }));
    on(composer, "typing", ({ typing }) => conversation.setTyping(typing));
    on(composer, "count", ({ text }) => status.announce(text));
    this.#wireRating(on);
    on(this.notes, "end", () => conversation.end());
    on(this.notes, "choosing", (choosing) => {
      composer.show(!choosing);
      if (choosing) this.#sayWhatEnds();
    });
    this.addEventListener("click", (event) => this.#clicked(event));
    document.addEventListener("keydown", (event) => this.#escaped(event));
    if (!this.#host) return;
    on(this.#host, "panel.opened", () => this.#shown(true));
    on(this.#host, "panel.closed", () => this.#shown(false));
    on(this.#host, "store.changed", ({ stored }) => conversation.follow(stored));
  }

  #wireRating(on) {
    const { conversation, rating, status } = this;
    on(conversation, "rating", ({ asked }) => rating.ask(asked));
    on(conversation, "unrated", ({ text }) => rating.refused(text));
    on(rating, "rate", (given) => {
      if (!conversation.rate(given)) rating.refused(this.words.get("rating_offline"));
    });
    on(rating, "skip", ({ keys }) => this.store.set({ skipped: keys }));
    on(rating, "said", ({ text }) => status.announce(text));
    on(rating, "done", () => this.composer.focus());
  }

  #resume() {
    this.#part("close").hidden = !this.#host;
    this.status.draw();
    this.composer.text = this.store.get("draft");
    for (const item of this.conversation.unsent) this.log.pending(item);
    this.#part("starters").hidden = this.conversation.begun;
    this.conversation.start();
    this.toggleAttribute("ready", true);
    if (this.#open && this.#host) this.composer.focus();
  }

  #say(text, choice = null) {
    this.#spoke(this.conversation.say(text, choice));
  }

  #spoke(item) {
    this.rating.clear();
    this.log.pending(item);
    this.#part("starters").hidden = true;
    this.status.set({ note: "", idle: 0 });
    this.idle.restart();
    this.composer.focus();
  }

  #received({ message, replayed }) {
    this.log.add(message, { replayed, read: this.ahead.has(message) });
    this.#part("starters").hidden = true;
    this.#newest = Math.max(this.#newest, message.seq);
    if (!replayed) this.idle.restart();
    if (message.author === "system" && !replayed) this.contact.refresh();
    if (message.author === "patient") return;
    this.#showTyping(null);
    if (this.#open) this.store.set({ seen: this.#newest });
    else if (message.seq > this.store.get("seen")) this.#tellUnread(this.#unread + 1);
  }

  #moved(state, before) {
    this.status.set({ state, idle: 0 });
    this.rating.close(state.owner === "closed");
    this.contact.watch(state.owner);
    this.idle.watch(state.owner === "bot" && this.conversation.begun);
    const news = before.language ? state.language !== before.language : !this.store.get("language");
    if (news && state.language) this.#use(state.language);
  }

  #showTyping(author) {
    clearTimeout(this.#typing);
    this.status.typing(author);
    if (author) this.#typing = setTimeout(() => this.status.typing(null), TYPING_FADES);
  }

  #linked(up) {
    this.status.linked(up);
    if (up) return;
    this.#showTyping(null);
    for (const item of this.conversation.unsent) {
      this.log.delivery(item.client_id, { state: "waiting" });
    }
  }

  /** What cannot be sent goes back to where it was written, unless something new is there. */
  #refused({ item, text }) {
    this.composer.complain(text || this.words.get("refused"));
    if (this.composer.text) return this.log.delivery(item.client_id, { state: "failed" });
    this.log.remove(item.client_id);
    if (!item.person) this.composer.text = item.text;
    this.store.set({ draft: this.composer.text });
    return this.composer.focus();
  }

  #cleared(why, { stays = false }) {
    this.log.clear();
    this.ahead.show([]);
    this.rating.clear();
    this.sight.clear();
    this.#newest = 0;
    this.#tellUnread(0);
    this.#showTyping(null);
    this.contact.watch("bot");
    this.idle.watch(false);
    for (const item of this.conversation.unsent) this.log.pending(item);
    this.#part("starters").hidden = this.conversation.begun;
    const note = { switched: "", ended: stays ? "ended_stays" : "ended" }[why] ?? why;
    this.status.set({ state: null, storage: false, idle: 0, note });
    if (note) this.status.announce(this.words.get(note));
    if (why !== "ended") return;
    this.composer.text = "";
    this.composer.complain("");
    this.notes.close();
    if (this.#open) this.composer.focus();
  }

  #clicked(event) {
    const button = event.target.closest("button");
    if (!button || !this.contains(button)) return;
    const { act, language, starter } = button.dataset;
    if (act === "close") this.#host?.post("panel.close");
    if (act === "person") this.#askForPerson(button);
    if (language) this.#speak(language);
    if (starter) this.#say(this.words.get(starter));
  }

  /** What becomes of a request to people, when the chat is ended now. */
  #sayWhatEnds() {
    const say = () => {
      const { owner, urgent } = this.conversation.state;
      const detail = this.#part("ending_detail");
      detail.dataset.text = this.contact.ending(owner, urgent);
      this.words.fill(detail.parentElement);
    };
    say();
    // Another tab may have saved a contact.
    this.contact.refresh().then(say);
  }

  #askForPerson(button) {
    const { owner } = this.conversation.state;
    if (button.getAttribute("aria-disabled") === "true") {
      return this.status.announce(
        this.words.get(owner === "agent" ? "person_here_note" : "person_coming_note"),
      );
    }
    return this.#spoke(this.conversation.askForPerson(this.words.get("person_said")));
  }

  #speak(language) {
    this.#use(language);
    this.store.set({ language });
    this.conversation.setLanguage(language);
  }

  /** Shows the page's words in a language: the one chosen here, or the conversation's. */
  #use(language) {
    if (language !== this.words.language) this.words.use(language);
    this.ahead?.draw();
    for (const button of this.querySelectorAll("button[data-language]")) {
      button.setAttribute("aria-pressed", String(button.dataset.language === this.words.language));
    }
  }

  #escaped(event) {
    if (event.key !== "Escape" || event.isComposing) return;
    if (this.notes.close()) return;
    this.#host?.post("panel.close");
  }

  #shown(open) {
    this.#open = open;
    if (!open) return;
    this.#unread = 0;
    this.store.set({ seen: Math.max(this.#newest, this.store.get("seen")) });
    this.composer.resize();
    this.log.toEnd();
    this.composer.focus();
  }

  #tellUnread(count) {
    this.#unread = count;
    this.#host?.post("unread.set", { count });
  }
}

customElements.define("careline-chat", CarelineChat);
