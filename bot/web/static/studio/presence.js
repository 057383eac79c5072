/** Who else has this article open, and whether the server's text has moved on. */

import { api } from "../staff/api.js";
import { $, h } from "../staff/dom.js";
import { t } from "../staff/page.js";
import { languageName } from "../staff/words.js";
import { articlePath } from "./text.js";
import { tab } from "./typed.js";

const FIRST_MS = 6000;

export class Presence {
  #place = null;
  #language = null;
  #moved;
  #timer = 0;

  /** `moved(stands)` is called with what the server holds of the text, at every beat. */
  constructor(moved) {
    this.#moved = moved;
    addEventListener("pagehide", () => this.leave());
  }

  /** This tab shows the text. */
  enter(slug, language) {
    const place = `${articlePath(slug, language)}/presence`;
    if (place === this.#place) return;
    this.leave();
    [this.#place, this.#language] = [place, language];
    this.#beat();
  }

  /** This tab shows no text any more. */
  leave() {
    clearTimeout(this.#timer);
    $("others").replaceChildren();
    if (!this.#place) return;
    // Also while the page goes away; a beat that never comes again says the same, only later.
    fetch(`${this.#place}/${tab}`, { method: "DELETE", keepalive: true }).catch(() => {});
    this.#place = null;
  }

  async #beat() {
    clearTimeout(this.#timer);
    const place = this.#place;
    let wait = FIRST_MS;
    try {
      const found = await api("POST", place, { tab }, { background: true });
      if (place !== this.#place) return;
      wait = found.every_seconds * 1000;
      this.#draw(found.others);
      this.#moved(found.stands);
    } catch (error) {
      if (!error.code) throw error;
      if (place !== this.#place) return;
    }
    this.#timer = setTimeout(() => this.#beat(), wait);
  }

  #draw(others) {
    const lines = [...new Set(others.map((one) => said(one, this.#language)))];
    const shown = [...$("others").children].map((node) => node.textContent);
    if (lines.join("|") === shown.join("|")) return;
    $("others").replaceChildren(...lines.map((line) => h("span", { className: "badge info" }, line)));
  }
}

function said({ name, you, language }, own) {
  const other = language === own ? "" : "_other";
  const id = you ? `editor.here_you${other}` : `editor.here${other}`;
  return t(id, { name, language: languageName(language) });
}
