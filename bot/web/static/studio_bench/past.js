/** The last questions, kept in this browser for this person; nobody else who signs in sees them. */

import { $, h } from "../staff/dom.js";
import { offerUndo } from "../staff/notices.js";
import { page, t } from "../staff/page.js";

const MOST = 20;
const KEY = `careline.bench.${page.me.account_id}`;

export class Past {
  #open;

  /** `open(address)` is called when one is chosen. */
  constructor(open) {
    this.#open = open;
    $("past-clear").addEventListener("click", () => this.#clear());
    this.#draw();
  }

  add(question, address) {
    const others = read().filter((one) => one.address !== address);
    write([{ question, address }, ...others].slice(0, MOST));
    this.#draw();
  }

  #clear() {
    const before = read();
    write([]);
    this.#draw();
    offerUndo(t("bench.past_cleared"), () => {
      write(before);
      this.#draw();
    });
    $("past-title").focus();
  }

  #draw() {
    const found = read();
    $("past-none").hidden = found.length > 0;
    $("past-clear").hidden = found.length === 0;
    $("past").replaceChildren(...found.map((one) => h("li", {}, this.#link(one))));
  }

  #link({ question, address }) {
    const go = (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.#open(address);
      scrollTo({ top: 0 });
    };
    return h("a", { href: address, on: { click: go } }, question);
  }
}

function read() {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "[]");
  } catch {
    return [];
  }
}

function write(items) {
  try {
    localStorage.setItem(KEY, JSON.stringify(items));
  } catch {
    // A browser that keeps nothing forgets them with the page.
  }
}
