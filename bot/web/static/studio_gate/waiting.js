/** Texts that ask a second person to let them pass. */

import { api } from "../staff/api.js";
import { $, h, reconcile } from "../staff/dom.js";
import { t } from "../staff/page.js";
import { inWords } from "../studio/problems.js";
import { card } from "./override.js";

const EVERY_MS = 30_000;

export class Waiting {
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
    $("gate-waiting").hidden = found.length === 0;
    reconcile($("gate-waiting-items"), found, {
      key: ({ id, state }) => `${id}.${state}`,
      create: (one) => this.#item(one),
    });
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
      h("ul", { className: "gate-held" }, ...findings.map((one) => h("li", {}, inWords(one).message))),
      card(override, changed),
    );
  }
}
