/**
 * The conversation as this device knows it: token, lines seen, messages not acknowledged.
 *
 * It speaks the frames and turns them into events for the page:
 * `message` {message, replayed}, `delivery` {clientId, state, ...}, `state` {state, before},
 * `typing` {author, typing}, `seen` {seq} (by the agent), `safety` {clientId, message}, `link` {up},
 * `notices` {notices} (of a chat that has not begun), `storage` {down}, `refused` {item, text}, `problem` {text}, `rating` {asked}, `unrated` {text},
 * `barred`, `lost`, `ended` {stays} (what was asked of people stays open).
 */

import { Connection } from "./connection.js";
import { newId } from "./dom.js";
import { Outbox } from "./outbox.js";

const GAP_WAIT = 400;
const END_WAIT = 2000;
const NOBODY = Object.freeze({ owner: "bot", agent_name: null, promise: null });

export class Conversation extends EventTarget {
  #store;
  #connection;
  #outbox;
  #language;
  #seq = 0;
  #ahead = new Set();
  #gap = 0;
  #ending = 0;
  #replaying = true;
  #sight = { seq: 0, told: 0 };

  constructor(url, store, language) {
    super();
    this.#store = store;
    this.#language = language;
    this.state = NOBODY;
    this.#connection = new Connection(url, () => ({
      type: "conversation.open",
      token: store.get("token"),
      last_seq: this.#seq,
      language: this.#language,
    }));
    this.#outbox = new Outbox(store, (frame) => !this.#ending && this.#connection.send(frame));
    this.#connection.addEventListener("frame", (event) => this.#receive(event.detail));
    this.#connection.addEventListener("connected", () => this.#outbox.flush());
    this.#connection.addEventListener("up", () => this.#tell("link", { up: true }));
    this.#connection.addEventListener("down", () => {
      this.#outbox.land();
      this.#tell("link", { up: false });
    });
  }

  get unsent() {
    return this.#outbox.items;
  }

  get begun() {
    return Boolean(this.#store.get("token")) || this.#outbox.items.length > 0;
  }

  start() {
    this.#connection.start();
  }

  /** Queues what the patient said and returns it with its `client_id`. */
  say(text, choice = null) {
    return this.#outbox.add({ text, choice });
  }

  askForPerson(text) {
    return this.#outbox.add({ text, person: true });
  }

  setTyping(typing) {
    if (["queue", "agent"].includes(this.state.owner)) {
      this.#connection.send({ type: "typing.set", typing });
    }
  }

  /** The patient has the lines up to `seq` in sight; people who answer are told. */
  setSeen(seq) {
    this.#sight.seq = Math.max(this.#sight.seq, seq);
    this.#tellSeen();
  }

  setLanguage(language) {
    this.#language = language;
    this.#connection.send({ type: "language.set", language });
  }

  /** False when there is no connection now: nothing is kept to be sent later. */
  rate(rating) {
    return this.#connection.send({ type: "rating.give", client_id: newId(), ...rating });
  }

  /** Clears the device at once and tells the server, which may be out of reach. */
  end() {
    this.#store.clear();
    this.#outbox.clear();
    if (!this.#connection.send({ type: "conversation.end" })) return this.#forget("ended");
    this.#ending = setTimeout(() => this.#forget("ended"), END_WAIT);
  }

  /** Another tab of the site began or ended the conversation: show the same here. */
  follow(stored) {
    if ((stored?.token ?? null) === this.#store.get("token")) return;
    this.#store.adopt(stored);
    this.#restart(stored?.token ? "switched" : "ended");
  }

  #tell(type, detail = {}) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  #receive(frame) {
    if (this.#ending && frame.type !== "conversation.ended") return;
    switch (frame.type) {
      case "conversation.opened":
        return this.#opened(frame);
      case "conversation.started":
        return this.#store.set({ token: frame.token });
      case "message.acknowledged":
        return this.#acknowledged(frame);
      case "message.posted":
        return this.#posted(frame.message, false);
      case "state.changed":
        return this.#changed(frame.state);
      case "typing.shown":
        return this.#tell("typing", frame);
      case "message.seen":
        return this.#tell("seen", frame);
      case "safety.shown":
        return this.#tell("safety", { clientId: frame.client_id, message: frame.message });
      case "rating.asked":
        return this.#tell("rating", { asked: frame.asked });
      case "rating.refused":
        return this.#tell("unrated", { text: frame.message });
      case "conversation.ended":
        return this.#forget("ended", { here: true, stays: frame.stays });
      case "error":
        return this.#failed(frame);
      default:
        return undefined;
    }
  }

  #opened(frame) {
    this.#tell("storage", { down: false });
    if (frame.token) this.#store.set({ token: frame.token });
    const replayed = this.#replaying;
    this.#replaying = false;
    if (frame.notices) this.#tell("notices", { notices: frame.notices });
    for (const message of frame.messages) this.#posted(message, replayed);
    this.#seq = Math.max(this.#seq, frame.last_seq);
    this.#sight.told = 0;
    this.#changed(frame.state);
    this.#outbox.flush();
  }

  #acknowledged({ client_id: clientId, seq, sent_at: sentAt, truncated, shown }) {
    this.#tell("storage", { down: false });
    this.#outbox.take(clientId);
    this.#reached(seq);
    const state = truncated ? "read_in_part" : "sent";
    this.#tell("delivery", { clientId, state, seq, sentAt, shown });
  }

  #posted(message, replayed) {
    if (message.client_id) this.#outbox.take(message.client_id);
    this.#reached(message.seq);
    this.#tell("message", { message, replayed });
  }

  /** Counts a line as seen; a hole that does not fill soon is fetched from the table. */
  #reached(seq) {
    if (seq <= this.#seq) return;
    this.#ahead.add(seq);
    while (this.#ahead.delete(this.#seq + 1)) this.#seq += 1;
    clearTimeout(this.#gap);
    if (this.#ahead.size) {
      this.#gap = setTimeout(() => {
        this.#ahead.clear();
        this.#outbox.land();
        this.#connection.reopen();
      }, GAP_WAIT);
    }
  }

  #changed(state) {
    const before = this.state;
    this.state = state;
    this.#language = state.language ?? this.#language;
    this.#tell("state", { state, before });
    this.#tellSeen();
  }

  #tellSeen() {
    const { seq, told } = this.#sight;
    if (seq <= told || !["queue", "agent"].includes(this.state.owner)) return;
    if (this.#connection.send({ type: "message.seen", seq })) this.#sight.told = seq;
  }

  #failed({ code, message, client_id: clientId, retry }) {
    if (code === "not_found" && !clientId) return this.#forgetToken();
    if (code === "storage_unavailable") this.#tell("storage", { down: true });
    if (clientId && retry) {
      const slowed = code === "rate_limited";
      this.#outbox.later(clientId, slowed);
      return this.#tell("delivery", { clientId, state: slowed ? "slowed" : "waiting" });
    }
    if (clientId) {
      const item = this.#outbox.take(clientId);
      return item && this.#tell("refused", { item, text: message });
    }
    if (retry) return this.#connection.openLater();
    if (code === "forbidden" || code === "unauthorized") {
      this.#connection.stop();
      return this.#tell("barred", { text: message });
    }
    return this.#tell("problem", { text: message });
  }

  /** The server no longer knows the token. The next message makes a new conversation. */
  #forgetToken() {
    this.#store.set({ token: null, seen: 0 });
    this.#startOver("lost");
    this.#connection.settle();
  }

  #forget(why, { here = false, stays = false } = {}) {
    clearTimeout(this.#ending);
    this.#ending = 0;
    this.#store.clear();
    this.#outbox.clear();
    this.#restart(why, { here, stays });
  }

  /**
   * `here`: on the same socket, which alone may still rate the chat that it ended. `stays`: what
   * was asked of people stays open.
   */
  #restart(why, { here = false, stays = false } = {}) {
    this.#outbox.land();
    this.#startOver(why, { stays });
    if (!here || !this.#connection.again()) this.#connection.reopen();
  }

  #startOver(why, detail = {}) {
    clearTimeout(this.#gap);
    this.#seq = 0;
    this.#ahead.clear();
    this.#sight = { seq: 0, told: 0 };
    this.#replaying = why === "switched";
    this.state = NOBODY;
    this.#tell(why, detail);
  }
}
