/**
 * The page around the iframe. It keeps what must survive a reload and shows or hides the panel.
 *
 * The loader names its own origin in the iframe's address. Messages go to that origin only and
 * are believed only from it and from the parent window; who may be the parent at all is decided
 * by the server's frame-ancestors.
 */

const WELCOME_WITHIN = 1500;

export class Host extends EventTarget {
  #origin;

  constructor(origin) {
    super();
    this.#origin = origin;
    window.addEventListener("message", (event) => this.#receive(event));
  }

  /** The page around and what it keeps for us, or null when the chat stands alone. */
  static async find() {
    const origin = new URLSearchParams(location.search).get("host");
    if (window.parent === window || !isOrigin(origin)) return null;
    const host = new Host(origin);
    const welcome = new Promise((resolve) => {
      host.addEventListener("host.welcome", (event) => resolve(event.detail), { once: true });
      setTimeout(resolve, WELCOME_WITHIN, null);
    });
    host.post("host.hello");
    const found = await welcome;
    return found && { host, stored: found.stored, open: found.open };
  }

  post(type, detail = {}) {
    window.parent.postMessage({ careline: 1, type, ...detail }, this.#origin);
  }

  #receive({ source, origin, data }) {
    if (source !== window.parent || origin !== this.#origin || data?.careline !== 1) return;
    this.dispatchEvent(new CustomEvent(data.type, { detail: data }));
  }
}

function isOrigin(text) {
  try {
    return text !== "null" && new URL(text).origin === text;
  } catch {
    return false;
  }
}
