/**
 * The console's socket. What it says is a hint: whoever listens reads the truth again, and after
 * every reconnect everything is read once more.
 */

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;
const PING_MS = 20_000;
const SESSION_ENDED = 4401;

export class ConsoleSocket extends EventTarget {
  #socket = null;
  #wait = FIRST_WAIT_MS;
  #watched = new Map();

  /** Opens the socket, and again whenever it closes. Fires "open", "lost" and "frame". */
  connect() {
    const address = new URL("/console/ws", location.href);
    address.protocol = address.protocol.replace("http", "ws");
    const socket = new WebSocket(address);
    this.#socket = socket;
    socket.addEventListener("open", () => {
      this.#wait = FIRST_WAIT_MS;
      for (const [id, seq] of this.#watched) this.#sendWatch(id, seq());
      this.dispatchEvent(new Event("open"));
    });
    socket.addEventListener("message", ({ data }) => {
      this.dispatchEvent(new CustomEvent("frame", { detail: JSON.parse(data) }));
    });
    socket.addEventListener("close", ({ code }) => this.#closed(code));
    const ping = setInterval(() => this.send({ type: "ping" }), PING_MS);
    socket.addEventListener("close", () => clearInterval(ping));
  }

  /** Whether frames arrive at once. */
  get live() {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  /** Sends a frame now or never: nothing that must not be lost goes this way. */
  send(frame) {
    if (this.live) this.#socket.send(JSON.stringify(frame));
  }

  /** Asks for the lines of a conversation; `lastSeq()` says which one is already here. */
  watch(id, lastSeq) {
    this.#watched.set(id, lastSeq);
    this.#sendWatch(id, lastSeq());
  }

  /** Whether the lines of this conversation are asked for. */
  watches(id) {
    return this.#watched.has(id);
  }

  unwatch(id) {
    if (this.#watched.delete(id)) this.send({ type: "conversation.unwatch", conversation_id: id });
  }

  #sendWatch(id, seq) {
    this.send({ type: "conversation.watch", conversation_id: id, last_seq: seq });
  }

  #closed(code) {
    if (code === SESSION_ENDED) {
      document.dispatchEvent(new CustomEvent("signed-out"));
      return;
    }
    this.dispatchEvent(new Event("lost"));
    const wait = this.#wait * (0.5 + Math.random());
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT_MS);
    setTimeout(() => this.connect(), wait);
  }
}
