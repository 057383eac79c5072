/**
 * One socket that stays open: back-off with jitter, a heartbeat, at once when the network is back.
 *
 * It knows nothing of conversations but that the first frame opens one and `conversation.opened`
 * answers it. Events: `up`, `down`, and `frame` with the frame as detail.
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
  #timers = { retry: 0, ping: 0, answer: 0 };

  /** `opening()` gives the first frame each time a socket opens. */
  constructor(url, opening) {
    super();
    this.#url = url;
    this.#opening = opening;
    window.addEventListener("online", () => this.#stopped || this.#up || this.reopen());
    window.addEventListener("offline", () => this.#drop());
  }

  get up() {
    return this.#up;
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

  /** Closes the socket and tries again after the usual wait. */
  retryLater() {
    this.#drop();
  }

  /** True when the frame went to an opened socket. */
  send(frame) {
    if (!this.#up) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  #connect() {
    clearTimeout(this.#timers.retry);
    if (this.#stopped) return;
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    this.#expectAnswer();
    socket.addEventListener("open", () => socket.send(JSON.stringify(this.#opening())));
    socket.addEventListener("message", ({ data }) => {
      if (socket === this.#socket) this.#receive(JSON.parse(data));
    });
    socket.addEventListener("close", () => {
      if (socket === this.#socket) this.#drop();
    });
  }

  #receive(frame) {
    clearTimeout(this.#timers.answer);
    const opened = frame.type === "conversation.opened" && !this.#up;
    if (opened) {
      this.#up = true;
      this.#failures = 0;
      clearInterval(this.#timers.ping);
      this.#timers.ping = setInterval(() => {
        this.send({ type: "ping" });
        this.#expectAnswer();
      }, PING_EVERY);
    }
    this.dispatchEvent(new CustomEvent("frame", { detail: frame }));
    if (opened) this.dispatchEvent(new Event("up"));
  }

  #expectAnswer() {
    clearTimeout(this.#timers.answer);
    this.#timers.answer = setTimeout(() => this.#drop(), ANSWER_WITHIN);
  }

  #detach() {
    clearTimeout(this.#timers.answer);
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
    const wait = Math.min(BACK_OFF.longest, BACK_OFF.first * 2 ** this.#failures);
    this.#failures = Math.min(this.#failures + 1, 10);
    this.#timers.retry = setTimeout(() => this.#connect(), wait * (0.5 + Math.random() / 2));
  }
}
