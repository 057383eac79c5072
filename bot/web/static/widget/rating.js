/**
 * What is shown below the last line when a chat has ended: how to go on, and one question at a
 * time about the person and the assistant. Nothing is sent before the button is pressed, and
 * every question can be skipped.
 *
 * Events: `rate` {about, score, reason}, `skip` {keys}, `said` {text} to announce, `done`.
 */

import { element } from "./dom.js";

const SCORES = ["rating_1", "rating_2", "rating_3", "rating_4", "rating_5"];
const BAD = 2;

export class Rating extends EventTarget {
  #root;
  #words;
  #asked = [];
  #skipped;
  #drafts = new Map();
  #changing = null;
  #closed = false;
  #sending = null;
  #failure = "";

  /** `root` is the empty section; `skipped` are the keys of questions skipped on this device. */
  constructor(root, words, skipped = []) {
    super();
    this.#root = root;
    this.#words = words;
    this.#skipped = new Set(skipped);
    words.addEventListener("change", () => this.#draw());
  }

  /** Whom the patient may rate, as the server says it. */
  ask(asked) {
    const sent = asked.find((one) => one.about === this.#sending?.about);
    const fresh = asked.length && !this.#asked.length;
    this.#asked = asked;
    this.#failure = "";
    if (sent && sent.score === this.#sending.score) return this.#kept(sent);
    this.#draw();
    const question = this.#question();
    if (fresh && question) this.#tell("said", { text: this.#title(question) });
    if (fresh) this.#root.scrollIntoView({ block: "nearest" });
    return undefined;
  }

  /** The chat is closed, or goes on. */
  close(closed) {
    if (closed === this.#closed) return;
    this.#closed = closed;
    this.#draw();
  }

  /** The patient writes on: what was asked is out of the way. */
  clear() {
    this.#asked = [];
    this.#drafts.clear();
    this.#changing = null;
    this.#closed = false;
    this.#draw();
  }

  /** The rating was not kept; what was chosen stays. */
  refused(text) {
    this.#sending = null;
    this.#failure = text;
    this.#draw();
  }

  #kept(asked) {
    this.#sending = null;
    this.#changing = null;
    this.#drafts.delete(asked.about);
    this.#draw();
    this.#tell("said", { text: this.#thanks(asked) });
    this.#focus();
  }

  /** The first that is neither answered nor skipped, or the one that is being changed. */
  #question() {
    return this.#asked.find(
      (one) =>
        one.about === this.#changing ||
        (!this.#changing && one.score === null && !this.#skipped.has(key(one))),
    );
  }

  #draw() {
    const question = this.#question();
    const given = this.#asked.filter((one) => one.score !== null && one !== question);
    const parts = given.map((one) => this.#given(one));
    if (question) parts.push(this.#form(question));
    if (this.#closed) parts.push(this.#goOn());
    this.#root.hidden = !parts.length;
    this.#root.replaceChildren(...parts);
  }

  #title({ about, agent_name: name }) {
    return about === "person"
      ? this.#words.get("rating_person", { name: name ?? this.#words.get("a_person") })
      : this.#words.get("rating_assistant");
  }

  #form(asked) {
    const draft = this.#draft(asked);
    const error = element("p", { class: "error", role: "alert", id: "rating-error", hidden: true });
    const why = this.#why(draft);
    const form = element(
      "form",
      { class: "rate", novalidate: true, "data-about": asked.about },
      this.#scale(asked, draft, why),
      why,
      error,
      this.#buttons(),
    );
    if (this.#failure) show(error, this.#failure);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send(form, asked, draft, error);
    });
    form.querySelector("[data-skip]").addEventListener("click", () => this.#skip(asked));
    return form;
  }

  #scale(asked, draft, why) {
    const scale = element("div", { class: "scale" });
    SCORES.forEach((word, index) => {
      const score = index + 1;
      const radio = element("input", {
        type: "radio",
        name: `rating-${asked.about}`,
        value: score,
        "aria-describedby": "rating-error",
      });
      radio.checked = draft.score === score;
      radio.addEventListener("change", () => {
        draft.score = score;
        why.hidden = false;
        const form = scale.closest("form");
        show(form.querySelector(".error"), "");
        form.scrollIntoView({ block: "nearest" });
      });
      const number = element("span", { class: "number", "aria-hidden": "true", text: score });
      const label = element("span", { class: "word", text: this.#words.get(word) });
      scale.append(element("label", { class: "score" }, radio, number, label));
    });
    const legend = element("legend", { text: this.#title(asked) });
    return element("fieldset", {}, legend, scale);
  }

  #why(draft) {
    const box = element("textarea", {
      class: "field",
      id: "rating-reason",
      rows: 2,
      maxlength: 1000,
      "aria-describedby": "rating-hint",
    });
    box.value = draft.reason;
    box.addEventListener("input", () => (draft.reason = box.value));
    const label = element("label", { for: "rating-reason", text: this.#words.get("rating_why") });
    const hint = element("p", {
      class: "hint",
      id: "rating-hint",
      text: this.#words.get("rating_why_hint"),
    });
    const why = element("div", { class: "why" }, label, box, hint);
    why.hidden = draft.score === null;
    return why;
  }

  #buttons() {
    const send = element("button", {
      class: "button",
      type: "submit",
      text: this.#words.get("rating_send"),
    });
    const skip = element("button", {
      class: "button quiet",
      type: "button",
      "data-skip": true,
      text: this.#words.get("rating_skip"),
    });
    return element("div", { class: "rate-buttons" }, send, skip);
  }

  #given(asked) {
    const change = element("button", {
      type: "button",
      class: "link",
      text: this.#words.get("rating_change"),
      "aria-label": `${this.#words.get("rating_change")}: ${this.#title(asked)}`,
    });
    change.addEventListener("click", () => {
      this.#changing = asked.about;
      this.#draw();
      this.#root.querySelector("input:checked")?.focus();
    });
    const words = element("p", { text: this.#thanks(asked), tabindex: "-1" });
    return element("div", { class: "given", "data-about": asked.about }, words, change);
  }

  #thanks({ score }) {
    const named = { score: this.#words.get(SCORES[score - 1]) };
    return score <= BAD
      ? this.#words.get("rating_thanks_bad", named)
      : this.#words.get("rating_thanks", named);
  }

  #goOn() {
    const anew = element("button", {
      type: "button",
      class: "link",
      "data-act": "end",
      "aria-expanded": "false",
      text: this.#words.get("ended_anew"),
    });
    const words = element("p", { text: this.#words.get("ended_go_on") });
    return element("div", { class: "go-on" }, words, anew);
  }

  #draft(asked) {
    if (!this.#drafts.has(asked.about)) {
      this.#drafts.set(asked.about, { score: asked.score, reason: asked.reason ?? "" });
    }
    return this.#drafts.get(asked.about);
  }

  #send(form, { about }, draft, error) {
    if (draft.score === null) {
      show(error, this.#words.get("rating_choose"));
      form.querySelector("input").focus();
      return;
    }
    this.#sending = { about, score: draft.score };
    this.#tell("rate", { about, score: draft.score, reason: draft.reason.trim() });
  }

  #skip(asked) {
    if (this.#changing) this.#changing = null;
    else this.#skipped.add(key(asked));
    this.#drafts.delete(asked.about);
    this.#failure = "";
    this.#draw();
    this.#tell("skip", { keys: [...this.#skipped] });
    this.#focus();
  }

  /** To the next question; where there is none, to what is left, or back to writing. */
  #focus() {
    const next = this.#root.querySelector("input, .given p");
    if (next) next.focus();
    else this.#tell("done");
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

function key({ about, ended_at: endedAt }) {
  return `${about} ${endedAt}`;
}

function show(error, text) {
  error.textContent = text;
  error.hidden = !text;
}
