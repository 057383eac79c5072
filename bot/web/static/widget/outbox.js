/**
 * Messages the server has not acknowledged yet.
 *
 * Each keeps its `client_id` for life, so sending it twice stores it once. It is kept on the
 * device until acknowledged, and sent again in order after a reconnect or a wait.
 */

import { newId } from "./dom.js";

const RESEND = { first: 1000, longest: 10_000, slowed: 5000 };

export class Outbox {
  #store;
  #send;
  #items;
  #timer = 0;
  #failures = 0;

  /** `send(frame)` returns whether the frame left. */
  constructor(store, send) {
    this.#store = store;
    this.#send = send;
    this.#items = store.get("unsent").map((item) => ({ ...item, flying: false }));
  }

  get items() {
    return [...this.#items];
  }

  /** Adds what the patient said and tries to send it; `person` marks the request for a person. */
  add({ text, choice = null, person = false }) {
    const item = { client_id: newId(), text, choice, person, at: new Date().toISOString() };
    this.#items.push({ ...item, flying: false });
    this.#save();
    this.flush();
    return item;
  }

  /** Sends everything that is not on its way. */
  flush() {
    clearTimeout(this.#timer);
    for (const item of this.#items) {
      if (!item.flying) item.flying = this.#send(frameOf(item));
    }
  }

  /** The socket is gone: nothing is on its way any more. */
  land() {
    for (const item of this.#items) item.flying = false;
  }

  /** Removes and returns a message that was acknowledged or refused for good. */
  take(clientId) {
    const found = this.#items.find((item) => item.client_id === clientId) ?? null;
    if (!found) return null;
    this.#items = this.#items.filter((item) => item !== found);
    this.#failures = 0;
    this.#save();
    return found;
  }

  /** The server could not take it now: send it again after a while. */
  later(clientId, slowed) {
    const found = this.#items.find((item) => item.client_id === clientId);
    if (found) found.flying = false;
    const wait = Math.min(RESEND.longest, RESEND.first * 2 ** this.#failures);
    this.#failures += 1;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), slowed ? RESEND.slowed : wait);
  }

  clear() {
    clearTimeout(this.#timer);
    this.#items = [];
  }

  #save() {
    this.#store.set({ unsent: this.#items.map(({ flying, ...item }) => item) });
  }
}

function frameOf({ client_id, text, choice, person }) {
  if (person) return { type: "person.request", client_id };
  return { type: "message.send", client_id, text, ...(choice ? { choice } : {}) };
}
