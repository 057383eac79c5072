/** What a page does for a person: a refusal is told, and one thing is done at a time. */

import { clearErrors, notify } from "./notices.js";
import { isLeaving } from "./session.js";

/**
 * Tells what the server refused; a fault of the page itself is thrown on. What is done in the
 * `background` does not say again that the line is down.
 */
export function explain(error, { background = false } = {}) {
  if (!error.code) throw error;
  if (isLeaving() || (background && error.code === "offline")) return;
  notify(error.words, { error: true });
}

/** One thing at a time: what is asked for meanwhile is left out. */
export class OneAtATime {
  /** Whether something is being done. */
  busy = false;
  /** Resolves when it is over, however it went. */
  settled = Promise.resolve();
  #refused;

  /** `refused(error)` tells what the server does not take. */
  constructor(refused = explain) {
    this.#refused = refused;
  }

  run(work) {
    if (this.busy) return this.settled;
    const going = this.#one(work);
    this.settled = going.catch(() => {});
    return going;
  }

  async #one(work) {
    this.busy = true;
    clearErrors();
    try {
      await work();
    } catch (error) {
      if (!error.code) throw error;
      await this.#refused(error);
    } finally {
      this.busy = false;
    }
  }
}
