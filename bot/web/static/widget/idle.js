/** Warns before silence closes the chat with the assistant. */

const WARN_BEFORE = 5;

export class Idle {
  #wait;
  #warn;
  #timer = 0;
  #watching = false;

  /** `warn` runs a few minutes before `minutes` without a message have passed. */
  constructor(minutes, warn) {
    this.#wait = Math.max(minutes - WARN_BEFORE, minutes / 2) * 60_000;
    this.#warn = warn;
  }

  watch(watching) {
    this.#watching = watching;
    this.restart();
  }

  restart() {
    clearTimeout(this.#timer);
    if (this.#watching) this.#timer = setTimeout(this.#warn, this.#wait);
  }
}
