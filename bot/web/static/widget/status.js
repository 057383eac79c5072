/**
 * What goes on around the messages: who has the conversation, the line, the connection.
 *
 * One banner shows the most important of these. It is not a live region: the log announces the
 * clinic's notices, and what no message says is announced once, by `announce`.
 */

const SHOW_AFTER = 1200;

export class Status {
  #parts;
  #words;
  #lost = 0;
  #facts = { offline: false, storage: false, barred: "", idle: 0, note: "", state: null };

  /** `parts`: banner, title, detail, emergency, who, typing, person, announcer elements. */
  constructor(parts, words) {
    this.#parts = parts;
    this.#words = words;
    words.addEventListener("change", () => this.draw());
  }

  /** Says something once to people who use a screen reader. */
  announce(text) {
    this.#parts.announcer.textContent = "";
    requestAnimationFrame(() => (this.#parts.announcer.textContent = text));
  }

  set(facts) {
    const before = this.#facts.state;
    this.#facts = { ...this.#facts, ...facts };
    this.draw();
    // The place changes often and is said once, when it matters; a new time is said by a notice.
    if (before?.position > 1 && facts.state?.position === 1) this.announce(this.#words.get("queue_next"));
  }

  /** A short break is not worth a banner. */
  linked(up) {
    if (up) {
      clearTimeout(this.#lost);
      this.#lost = 0;
      if (this.#facts.offline) this.announce(this.#words.get("back_online"));
      return this.set({ offline: false });
    }
    this.#lost ||= setTimeout(() => {
      this.announce(this.#words.get("offline"));
      this.set({ offline: true });
    }, SHOW_AFTER);
    return undefined;
  }

  typing(author) {
    const line = this.#parts.typing;
    line.hidden = !author;
    if (author) {
      const key = author === "agent" ? "typing_agent" : "typing_bot";
      line.querySelector("[data-line]").textContent = this.#words.get(key, { name: this.#name() });
    }
  }

  draw() {
    const { banner, title, detail, emergency, who, person } = this.#parts;
    const shown = this.#content();
    banner.hidden = !shown;
    banner.dataset.tone = shown?.tone ?? "";
    title.textContent = shown?.title ?? "";
    detail.textContent = shown?.detail ?? "";
    detail.hidden = !shown?.detail;
    emergency.hidden = !shown?.emergency;
    const owner = this.#facts.state?.owner ?? "bot";
    who.textContent =
      owner === "agent"
        ? `${this.#name()}, ${this.#words.get("clinic_staff")}`
        : this.#words.get("assistant");
    const busy = { queue: "person_coming", agent: "person_here" }[owner];
    person.querySelector("[data-line]").textContent = this.#words.get(busy ?? "person_button");
    person.setAttribute("aria-disabled", String(Boolean(busy)));
  }

  #name() {
    return this.#facts.state?.agent_name || this.#words.get("a_person");
  }

  #content() {
    const say = (key, values) => this.#words.get(key, values);
    const { offline, storage, barred, idle, note, state } = this.#facts;
    if (barred) return { tone: "problem", title: say("refused_chat"), emergency: true };
    if (offline) return { tone: "problem", title: say("offline"), emergency: true };
    if (storage) return { tone: "problem", title: say("storage_down"), emergency: true };
    if (state?.owner === "queue") {
      return { tone: "waiting", title: this.#line(state.promise), detail: this.#place(state) };
    }
    if (state?.owner === "agent") {
      return { tone: "person", title: say("agent_joined", { name: this.#name() }) };
    }
    if (note) return { tone: "plain", title: say(note), detail: note.startsWith("ended") ? say("ended_hint") : "" };
    if (state?.owner === "closed") return { tone: "plain", title: say("closed") };
    if (idle) return { tone: "plain", title: say("idle", { minutes: String(idle) }) };
    return null;
  }

  #line(promise) {
    if (!promise?.said) return this.#words.get("queue");
    if (!promise.open_now) return this.#words.get("queue_closed", promise);
    return this.#words.get(promise.moved ? "queue_moved" : "queue_promise", promise);
  }

  /** The place in the line, when a reply is likely, and what happens next. */
  #place({ position, promise }) {
    const say = (key, values) => this.#words.get(key, values);
    const parts = [];
    if (promise?.open_now && position) {
      parts.push(position === 1 ? say("queue_next") : say("queue_place", { position: String(position) }));
      if (promise.low) parts.push(say("queue_likely", promise));
      else if (promise.high) parts.push(say("queue_soon", promise));
    }
    return [...parts, say("queue_note")].join(" ");
  }
}
