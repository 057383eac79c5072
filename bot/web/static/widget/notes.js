/** The notes below the chat (privacy, language help) and the question before it ends. */

export class Notes extends EventTarget {
  #notes;
  #ending;
  #opener = null;

  /** `root` holds the buttons: `data-note` opens a note, `data-act` ends or keeps the chat. */
  constructor({ notes, ending }, root) {
    super();
    this.#notes = notes;
    this.#ending = ending;
    root.addEventListener("click", (event) => this.#clicked(event.target.closest("button")));
  }

  #clicked(button) {
    if (button?.dataset.note) return this.#toggle(button);
    switch (button?.dataset.act) {
      case "end":
        return this.#ask(button);
      case "end-now":
        return this.#finish();
      case "keep":
      case "hide":
        return this.close();
      default:
        return undefined;
    }
  }

  #ask(opener) {
    this.close();
    this.#opener = opener;
    this.#ending.hidden = false;
    this.#tell("choosing", true);
    this.#ending.querySelector("[data-act=keep]").focus();
  }

  #finish() {
    this.#tell("end");
    this.close();
  }

  /** Closes what is open, gives the focus back to its button; false when nothing was open. */
  close() {
    const opener = this.#opener;
    if (!opener) return false;
    this.#opener = null;
    opener.setAttribute("aria-expanded", "false");
    this.#notes.hidden = true;
    this.#ending.hidden = true;
    this.#tell("choosing", false);
    opener.focus();
    return true;
  }

  #toggle(button) {
    const again = button === this.#opener;
    this.close();
    if (again) return;
    this.#opener = button;
    button.setAttribute("aria-expanded", "true");
    for (const note of this.#notes.querySelectorAll("[data-name]")) {
      note.hidden = note.dataset.name !== button.dataset.note;
    }
    this.#notes.hidden = false;
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
