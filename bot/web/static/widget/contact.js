/**
 * How a waiting patient may be reached: a line with a button, and a small form behind it.
 *
 * Nothing is asked for by itself. What was typed stays through errors and a change of language;
 * what is saved comes from the server, with the words of the consent.
 */

import { element } from "./dom.js";
import { draw } from "./contact_form.js";

const ADDRESS = "/api/contact";
const RETRY_MS = 5000;
const WAITING = ["queue", "agent"];

export class Contact {
  #section;
  #words;
  #token;
  #announce;
  #state = null;
  #owner = "bot";
  #asked = 0;
  #typed = null;

  /** `token()` is the conversation's; `announce(text)` says something to screen readers. */
  constructor(section, words, { token, announce }) {
    this.#section = section;
    this.#words = words;
    this.#token = token;
    this.#announce = announce;
    words.addEventListener("change", () => this.refresh());
    section.addEventListener("keydown", (event) => this.#escaped(event));
  }

  /** Who has the conversation now: offers, or hides what no longer makes sense. */
  watch(owner) {
    if (owner === this.#owner) return;
    this.#owner = owner;
    if (WAITING.includes(owner)) this.refresh();
    else this.#forget();
  }

  /** The key of the text that says what ending the chat does to a request that is open. */
  ending(owner, urgent) {
    if (!WAITING.includes(owner)) return "end_detail";
    if (this.#state?.saved.length) return "end_detail_stays";
    if (urgent) return "end_detail_urgent";
    return owner === "queue" && this.#state?.offered.length ? "end_detail_offer" : "end_detail_cancels";
  }

  #forget() {
    this.#asked += 1;
    this.#state = this.#typed = null;
    this.#section.hidden = true;
    this.#section.replaceChildren();
  }

  /** Reads again what is offered and saved: a notice of the clinic may have changed it. */
  async refresh() {
    if (!WAITING.includes(this.#owner)) return;
    const asked = (this.#asked += 1);
    const { data } = await this.#request("GET");
    if (asked !== this.#asked) return;
    if (!data) {
      setTimeout(() => asked === this.#asked && this.refresh(), RETRY_MS);
      return;
    }
    this.#state = data;
    this.#draw();
  }

  /** `{data}` of an answer, `{error}` of a refusal; `error.code` is "offline" without either. */
  async #request(method, body = null, path = "") {
    const headers = { Authorization: `Bearer ${this.#token()}` };
    if (body) headers["Content-Type"] = "application/json";
    const url = `${ADDRESS}${path}?lang=${this.#words.language}`;
    try {
      const response = await fetch(url, { method, headers, body: body && JSON.stringify(body) });
      const data = await response.json();
      return response.ok ? { data } : { error: data.error };
    } catch {
      return { error: { code: "offline" } };
    }
  }

  #phrase(key, values = {}) {
    const { texts, language, values: known } = this.#words;
    const filled = { ...known, ...values };
    const text = texts[language][`outreach.form_${key}`];
    if (text === undefined) throw new Error(`no text for ${key}`);
    return text.replace(/\{(\w+)\}/gu, (place, name) => filled[name] ?? place).replace(/\.\.$/u, ".");
  }

  #draw() {
    const { offered, saved } = this.#state;
    const worth = this.#owner === "queue" ? offered.length || saved.length : saved.length;
    this.#section.hidden = !worth;
    this.#section.setAttribute("aria-label", this.#phrase("title"));
    if (!worth) return this.#section.replaceChildren();
    return this.#section.replaceChildren(...(this.#typed ? [this.#form()] : this.#line()));
  }

  #line() {
    const { offered, saved } = this.#state;
    const key = saved.length ? "edit" : `offer_${offered.length > 1 ? "both" : offered[0]}`;
    const open = element("button", { type: "button", class: "contact-open", text: this.#phrase(key) });
    open.addEventListener("click", () => this.#open());
    return [...saved.map((one) => element("p", { text: this.#saved(one) })), open];
  }

  #saved({ channel, shown }) {
    const time = this.#state.call_said;
    if (channel === "email") return this.#phrase("saved_email", { shown });
    return this.#phrase(time ? "saved_phone" : "saved_phone_later", { shown, time });
  }

  #open() {
    const { offered, saved } = this.#state;
    const [first] = saved;
    this.#typed = {
      channel: first?.channel ?? offered[0],
      address: "",
      best_time: first?.best_time ?? "any",
      days: new Set(first?.days),
      consent: false,
    };
    this.#draw();
    this.#section.querySelector("h2").focus();
  }

  #form(error = null) {
    return draw(this.#state, this.#typed, error, {
      phrase: (key, values) => this.#phrase(key, values),
      changed: () => this.#draw(),
      save: () => this.#save(),
      remove: (channel) => this.#remove(channel),
      close: () => this.#close(),
    });
  }

  #fail(field, key) {
    this.#section.replaceChildren(this.#form({ field, text: this.#phrase(`error_${key}`) }));
    const faulty = this.#section.querySelector("[aria-invalid=true]");
    (faulty ?? this.#section.querySelector(".error")).focus();
  }

  async #save() {
    const typed = this.#typed;
    const { channel, days, best_time: bestTime } = typed;
    const phone = channel === "phone";
    const { data, error } = await this.#request("PUT", {
      channel,
      address: typed.address,
      best_time: phone ? bestTime : "any",
      days: phone ? [...days] : [],
      consent: typed.consent,
      wording: this.#state.consent[channel]?.hash ?? "",
      language: this.#words.language,
    });
    if (this.#typed !== typed) return undefined;
    if (error) return this.#refused(error);
    this.#state = data;
    return this.#close(this.#saved(data.saved.find((one) => one.channel === channel)));
  }

  async #refused({ code, field }) {
    if (field === "address") return this.#fail("address", this.#typed.channel);
    if (field === "consent") return this.#fail("consent", "consent");
    if (code !== "conflict") return this.#fail(null, "other");
    const { data } = await this.#request("GET");
    if (data) this.#state = data;
    if (data && !data.offered.length) return this.#fail(null, "gone");
    this.#typed.consent = false;
    return this.#fail("consent", "wording");
  }

  async #remove(channel) {
    const { data } = await this.#request("POST", { channel }, "/withdraw");
    if (!data) return this.#fail(null, "other");
    this.#state = data;
    return this.#close(this.#phrase(`removed_${channel}`));
  }

  #close(said = "") {
    this.#typed = null;
    this.#draw();
    this.#section.querySelector("button")?.focus();
    if (said) this.#announce(said);
  }

  #escaped(event) {
    if (event.key !== "Escape" || !this.#typed) return;
    event.stopPropagation();
    this.#close();
  }
}
