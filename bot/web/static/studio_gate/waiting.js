/** Texts that ask a second person to let them pass. */

import { api } from "../staff/api.js";
import { $, h } from "../staff/dom.js";
import { t } from "../staff/page.js";
import { card } from "./override.js";

const EVERY_MS = 30_000;

export class Waiting {
  #shown = "";

  constructor() {
    setInterval(() => this.refresh(), EVERY_MS);
    this.refresh();
  }

  /** Reads the list again; what stands stays, with what is typed in it. */
  async refresh() {
    let found;
    try {
      found = await api("GET", "/api/overrides", undefined, { background: true });
    } catch (error) {
      if (!error.code) throw error;
      return;
    }
    const shown = found.map(({ id }) => id).join();
    $("gate-waiting").hidden = found.length === 0;
    if (shown === this.#shown) return;
    this.#shown = shown;
    $("gate-waiting-items").replaceChildren(...found.map((one) => this.#item(one)));
  }

  #item(override) {
    const { slug, language, findings } = override;
    const changed = async () => {
      await this.refresh();
      if (!$("gate-waiting").hidden) $("gate-waiting-title").focus();
    };
    return h(
      "li",
      { className: "gate-item" },
      h("a", { href: `#${slug}/${language}` }, t("gate.asked_in", { slug, language })),
      h("ul", { className: "gate-held" }, ...findings.map(({ message }) => h("li", {}, message))),
      card(override, changed),
    );
  }
}
