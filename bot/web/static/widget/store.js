/**
 * What this device remembers of the chat: the token, what was typed and what is not sent yet.
 *
 * The page around keeps it; a chat that stands alone uses its own session storage, and where
 * that is refused, nothing outlives the page.
 */

const KEY = "careline:chat";
const EMPTY = Object.freeze({ token: null, seen: 0, draft: "", language: null, unsent: [], skipped: [] });

export class Store {
  #keep;
  #record;

  /** `keep(record | null)` writes it somewhere; `record` is what was found there. */
  constructor(keep, record) {
    this.#keep = keep;
    this.#record = { ...EMPTY, ...record };
  }

  static inHost(host, stored) {
    return new Store((value) => host.post("store.write", { value }), stored);
  }

  static inSession() {
    return new Store(writeSession, readSession());
  }

  get(name) {
    return this.#record[name];
  }

  set(changes) {
    this.#record = { ...this.#record, ...changes };
    this.#keep(this.#record);
  }

  /** Forgets everything, here and where it is kept. */
  clear() {
    this.#record = { ...EMPTY };
    this.#keep(null);
  }

  /** Takes over what another tab of the same site wrote, without writing it back. */
  adopt(stored) {
    this.#record = { ...this.#record, token: stored?.token ?? null, seen: stored?.seen ?? 0 };
  }
}

function readSession() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY));
  } catch {
    return null;
  }
}

function writeSession(value) {
  try {
    if (value) sessionStorage.setItem(KEY, JSON.stringify(value));
    else sessionStorage.removeItem(KEY);
  } catch {
    // Storage is refused here: the chat works, it only forgets on reload.
  }
}
