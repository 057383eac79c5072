/**
 * One socket that stays open: back-off with jitter, a heartbeat, at once when the network is back.
 *
 * It knows nothing of conversations but that the first frame opens one. Frames may follow before
 * that is answered: the server takes them in order, and its safety gate must not wait.
 * Events: `connected`, `up` (the conversation is open), `down`, `frame` (detail: the frame).
 */

const BACK_OFF = { first: 500, longest: 10_000 };
const PING_EVERY = 25_000;
const ANSWER_WITHIN = 10_000;

export class Connection extends EventTarget {
  #url;
  #opening;
  #socket = null;
  #up = false;
  #stopped = true;
  #failures = 0;
  #timers = { retry: 0, open: 0, ping: 0, answer: 0 };

  /** `opening()` gives the first frame each time a socket opens. */
  constructor(url, opening) {
    super();
    this.#url = url;
    this.#opening = opening;
    window.addEventListener("online", () => this.#stopped || this.#up || this.reopen());
    window.addEventListener("offline", () => this.#drop());
  }

  start() {
    this.#stopped = false;
    this.#connect();
  }

  /** Stays closed until `start`. */
  stop() {
    this.#stopped = true;
    this.#drop();
  }

  /** A new socket now: the server replays what is missing after the frame of `opening`. */
  reopen() {
    this.#detach();
    this.#connect();
  }

  /** The first frame once more on the socket that is open; false when none is. */
  again() {
    return this.send(this.#opening());
  }

  /** The conversation is open, or there is none and the first message will make one. */
  settle() {
    if (this.#up) return;
    this.#up = true;
    this.#failures = 0;
    this.dispatchEvent(new Event("up"));
  }

  /** The server could not open the conversation now: ask again on the same socket. */
  openLater() {
    this.#up = false;
    clearTimeout(this.#timers.open);
    this.#timers.open = setTimeout(() => this.send(this.#opening()), this.#wait());
  }

  /** True when the frame went to a connected socket. */
  send(frame) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  #connect() {
    clearTimeout(this.#timers.retry);
    if (this.#stopped) return;
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    this.#expectAnswer();
    socket.addEventListener("open", () => {
      if (socket !== this.#socket) return;
      this.send(this.#opening());
      this.#timers.ping = setInterval(() => this.#ping(), PING_EVERY);
      this.dispatchEvent(new Event("connected"));
    });
    socket.addEventListener("message", ({ data }) => {
      if (socket === this.#socket) this.#receive(JSON.parse(data));
    });
    socket.addEventListener("close", () => {
      if (socket === this.#socket) this.#drop();
    });
  }

  #receive(frame) {
    clearTimeout(this.#timers.answer);
    this.dispatchEvent(new CustomEvent("frame", { detail: frame }));
    if (frame.type === "conversation.opened") this.settle();
  }

  #ping() {
    this.send({ type: "ping" });
    this.#expectAnswer();
  }

  #expectAnswer() {
    clearTimeout(this.#timers.answer);
    this.#timers.answer = setTimeout(() => this.#drop(), ANSWER_WITHIN);
  }

  #detach() {
    clearTimeout(this.#timers.answer);
    clearTimeout(this.#timers.open);
    clearInterval(this.#timers.ping);
    const socket = this.#socket;
    this.#socket = null;
    this.#up = false;
    socket?.close();
  }

  #drop() {
    this.#detach();
    this.dispatchEvent(new Event("down"));
    clearTimeout(this.#timers.retry);
    if (this.#stopped) return;
    this.#timers.retry = setTimeout(() => this.#connect(), this.#wait());
  }

  /** Longer each time, and never the same for everyone who lost the connection at once. */
  #wait() {
    const wait = Math.min(BACK_OFF.longest, BACK_OFF.first * 2 ** this.#failures);
    this.#failures = Math.min(this.#failures + 1, 10);
    return wait * (0.5 + Math.random() / 2);
  }
}
