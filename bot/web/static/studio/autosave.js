/**
 * Saves by itself: soon after the typing pauses, and again when saving failed.
 *
 * One save at a time. A refusal that a person has to look at stops it until `go` is called or the
 * text changes.
 */

const PAUSE_MS = 1200;
const LONGEST_MS = 8000;
const RETRY_MS = [3000, 6000, 12_000, 30_000];
// Trouble that passes by itself.
const PASSES = new Set(["offline", "storage_unavailable", "not_ready", "error", "rate_limited"]);

export class Autosave {
  /** `waiting`, `saving`, `saved`, `failed` (tries again), `refused` (a person has to look). */
  state = "saved";
  error = null;
  #save;
  #isDirty;
  #changed;
  #timer = 0;
  #dirtySince = 0;
  #failures = 0;
  #queue = Promise.resolve(true);

  /** `save()` writes what is typed, `isDirty()` says whether there is something to write. */
  constructor({ save, isDirty, changed }) {
    [this.#save, this.#isDirty, this.#changed] = [save, isDirty, changed];
    addEventListener("online", () => this.state === "failed" && this.now());
    document.addEventListener("visibilitychange", () => {
      if (document.hidden && this.state === "waiting") this.now();
    });
  }

  /** The text was edited. */
  touch() {
    if (this.state === "refused" && this.error?.code === "conflict") return;
    if (!this.#isDirty()) {
      this.rest();
      return;
    }
    this.#dirtySince ||= Date.now();
    const left = LONGEST_MS - (Date.now() - this.#dirtySince);
    if (this.state !== "failed") {
      this.#is("waiting");
      this.#later(Math.max(0, Math.min(PAUSE_MS, left)));
    }
  }

  /** Saves at once; true when the server has everything. */
  now() {
    clearTimeout(this.#timer);
    this.#queue = this.#queue.then(() => this.#drain());
    return this.#queue;
  }

  /** Nothing is to be saved, or another text is open now. */
  rest() {
    clearTimeout(this.#timer);
    this.#dirtySince = 0;
    this.#failures = 0;
    this.error = null;
    if (this.state !== "saving") this.#is("saved");
  }

  async #drain() {
    while (this.#isDirty()) {
      if (!(await this.#once())) return false;
    }
    this.rest();
    return true;
  }

  async #once() {
    this.#is("saving");
    try {
      await this.#save();
      this.#dirtySince = 0;
      this.#failures = 0;
      this.error = null;
      this.#is("saved");
      return true;
    } catch (error) {
      if (!error.code) {
        this.#queue = Promise.resolve(false);
        throw error;
      }
      this.error = error;
      if (PASSES.has(error.code)) this.#tryAgain();
      else this.#is("refused");
      return false;
    }
  }

  #tryAgain() {
    this.#is("failed");
    this.#later(RETRY_MS[Math.min(this.#failures, RETRY_MS.length - 1)]);
    this.#failures += 1;
  }

  #later(milliseconds) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.now(), milliseconds);
  }

  #is(state) {
    this.state = state;
    this.#changed();
  }
}
