/** Where the patient writes: a box that grows, a counter near the limit, one line for errors. */

const NEAR_LIMIT = 200;
const TYPING_EVERY = 3000;
const TYPING_ENDS = 4000;

export class Composer extends EventTarget {
  #form;
  #input;
  #error;
  #count;
  #words;
  #limit;
  #zone = "";
  #typing = { told: 0, timer: 0 };

  /** Events: `say` {text}, `draft` {text}, `typing` {typing}, `count` {text} to announce. */
  constructor({ form, input, error, count }, words, limit) {
    super();
    this.#form = form;
    this.#input = input;
    this.#error = error;
    this.#count = count;
    this.#words = words;
    this.#limit = limit;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#submit();
    });
    input.addEventListener("input", () => this.#changed());
    words.addEventListener("change", () => this.#drawCount());
  }

  get text() {
    return this.#input.value;
  }

  set text(value) {
    this.#input.value = value;
    this.resize();
    this.#drawCount();
  }

  focus() {
    this.#input.focus();
  }

  /** Fits the box to what is in it; needed again whenever the chat becomes visible. */
  resize() {
    this.#input.style.height = "auto";
    if (this.#input.scrollHeight) this.#input.style.height = `${this.#input.scrollHeight + 2}px`;
  }

  show(visible) {
    this.#form.hidden = !visible;
  }

  /** Says what is wrong with what is written; an empty text takes it back. */
  complain(text) {
    this.#error.textContent = text;
    this.#error.hidden = !text;
    if (text) this.#input.setAttribute("aria-invalid", "true");
    else this.#input.removeAttribute("aria-invalid");
  }

  #submit() {
    const text = this.text.trim();
    if (!text) {
      this.complain(this.#words.get("empty"));
      return this.focus();
    }
    this.text = "";
    this.complain("");
    this.#stopTyping();
    this.#emit("draft", { text: "" });
    return this.#emit("say", { text });
  }

  #changed() {
    this.resize();
    this.complain("");
    this.#drawCount();
    this.#emit("draft", { text: this.text });
    const now = Date.now();
    clearTimeout(this.#typing.timer);
    this.#typing.timer = setTimeout(() => this.#stopTyping(), TYPING_ENDS);
    if (now - this.#typing.told < TYPING_EVERY) return;
    this.#typing.told = now;
    this.#emit("typing", { typing: true });
  }

  #stopTyping() {
    clearTimeout(this.#typing.timer);
    if (this.#typing.told) this.#emit("typing", { typing: false });
    this.#typing.told = 0;
  }

  #drawCount() {
    const left = this.#limit - this.text.trim().length;
    const zone = left < 0 ? "long" : left <= NEAR_LIMIT ? "left" : "";
    this.#count.hidden = !zone;
    this.#count.textContent = zone
      ? this.#words.get(zone, { count: String(left) })
      : "";
    if (zone && zone !== this.#zone) this.#emit("count", { text: this.#count.textContent });
    this.#zone = zone;
  }

  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
