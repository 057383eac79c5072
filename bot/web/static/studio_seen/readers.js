/** The conversations a version was shown in, page by page; links only for whoever may follow them. */

import { api } from "../staff/api.js";
import { $, h } from "../staff/dom.js";
import { t } from "../staff/page.js";
import { languageName } from "../staff/words.js";
import { explain } from "../staff/work.js";
import { when } from "../studio/words.js";
import { cameWords } from "./numbers.js";

const BY = {
  bot: "seen.by_bot",
  person: "seen.by_person",
  adapted: "seen.by_adapted_one",
  system: "seen.by_system",
};

export class Readers {
  #path;
  #shown = 0;

  constructor(path) {
    this.#path = path;
    for (const filter of ["came-filter", "whose-filter"]) {
      $(filter).addEventListener("change", () => this.#read(0));
    }
    $("more").addEventListener("click", () => this.#read(this.#shown));
    this.#read(0);
  }

  async #read(from) {
    const query = new URLSearchParams({
      from,
      next: $("came-filter").value,
      whose: $("whose-filter").value,
    });
    let found;
    $("more").disabled = true;
    try {
      found = await api("GET", `${this.#path}/conversations?${query}`);
    } catch (error) {
      explain(error);
      return;
    } finally {
      $("more").disabled = false;
    }
    const rows = found.conversations.map((one) => this.#row(one, found.may_open));
    if (from) $("list").append(...rows);
    else $("list").replaceChildren(...rows);
    this.#shown = from + rows.length;
    $("link-column").hidden = !found.may_open;
    $("list-help").textContent = t(found.may_open ? "seen.list_audited" : "seen.list_private");
    $("list-count").textContent = t("seen.list_count", { shown: this.#shown, all: found.all });
    $("list-empty").hidden = found.all > 0;
    $("more").hidden = this.#shown >= found.all;
    if (from) rows[0]?.querySelector("a")?.focus();
  }

  #row(one, opens) {
    const times = one.times > 1 ? ` (${t("seen.list_times", { count: one.times })})` : "";
    const state = [t(one.open ? "seen.state_open" : "seen.state_closed"), languageName(one.language)];
    if (one.email) state.push(t("seen.has_email"));
    if (one.phone) state.push(t("seen.has_phone"));
    return h(
      "tr",
      {},
      h("td", {}, when(one.shown_at) + times),
      h("td", {}, t(BY[one.by])),
      h("td", {}, cameWords(one)),
      h("td", {}, one.score ? t("seen.score", { score: one.score }) : t("seen.score_none")),
      h("td", {}, state.join(", ")),
      opens
        ? h(
            "td",
            {},
            h("a", { href: `/console#${one.conversation_id}` }, t("seen.list_open")),
          )
        : null,
    );
  }
}
