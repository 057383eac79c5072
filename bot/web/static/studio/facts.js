/** Facts of the clinic and national figures: found by name or value, put where the caret was. */

import { api } from "../staff/api.js";
import { $, h } from "../staff/dom.js";
import { t } from "../staff/page.js";
import { plain, searched } from "../staff/words.js";
import { date } from "./words.js";

const SHOWN = 60;

export class Facts {
  #language = "en";
  #known = new Map();
  #area = null;

  constructor() {
    for (const opener of document.querySelectorAll("[data-facts]")) {
      opener.addEventListener("click", () => this.#open($(opener.dataset.facts)));
    }
    $("facts-search").addEventListener("input", () => this.#draw());
    $("facts-kind").addEventListener("change", () => this.#draw());
    $("facts-form").addEventListener("submit", (event) => event.preventDefault());
  }

  set language(language) {
    this.#language = language;
  }

  async #open(area) {
    this.#area = area;
    $("facts-search").value = "";
    this.#draw();
    $("facts-dialog").showModal();
    $("facts-search").focus();
    const language = this.#language;
    if (this.#known.has(language)) return;
    try {
      this.#known.set(language, await api("GET", `/api/facts?language=${language}`));
      this.#draw();
    } catch (error) {
      if (!error.code) throw error;
      $("facts-count").textContent = error.words;
    }
  }

  #draw() {
    const known = this.#known.get(this.#language);
    if (!known) {
      $("facts-count").textContent = t("studio.loading");
      $("facts-list").replaceChildren();
      return;
    }
    const words = searched($("facts-search").value);
    const kind = $("facts-kind").value;
    const fits = known.filter((fact) => {
      const names = `${fact.place} ${fact.key.replaceAll("_", " ")}`;
      const held = plain(`${names} ${fact.value ?? ""} ${fact.about}`);
      return (!kind || fact.kind === kind) && words.every((word) => held.includes(word));
    });
    const shown = fits.slice(0, SHOWN);
    $("facts-count").textContent = count(fits.length, shown.length);
    $("facts-list").replaceChildren(...shown.map((fact) => this.#row(fact)));
  }

  #row(fact) {
    return h(
      "li",
      {},
      h(
        "button",
        { type: "button", className: "fact", on: { click: () => this.#insert(fact) } },
        h("code", {}, fact.place),
        h("span", { className: "fact-value", lang: this.#language }, value(fact)),
        fact.about && fact.value ? h("span", { className: "help" }, fact.about) : null,
        fact.expires_on
          ? h("span", { className: "help" }, t("studio.badge_expires", { date: date(fact.expires_on) }))
          : null,
      ),
    );
  }

  #insert({ place }) {
    const area = this.#area;
    $("facts-dialog").close();
    const before = area.value.slice(0, area.selectionStart);
    const after = area.value.slice(area.selectionEnd);
    const left = /[\p{L}\p{N}.,;:!?]$/u.test(before) ? " " : "";
    const right = /^[\p{L}\p{N}]/u.test(after) ? " " : "";
    area.focus();
    area.setRangeText(`${left}${place}${right}`, area.selectionStart, area.selectionEnd, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

/** The facts of a text, each with what stands in its place today. */
export function drawFacts(place, facts, language) {
  place.hidden = facts.length === 0;
  place.querySelector("dl").replaceChildren(
    ...facts.flatMap((fact) => [
      h("dt", {}, h("code", {}, fact.place)),
      fact.value?.startsWith("⟨")
        ? h("dd", { className: "lacking" }, t("editor.fact_missing"))
        : h("dd", { lang: language }, fact.value ?? t(`editor.fact_none_${fact.kind}`)),
    ]),
  );
}

function value(fact) {
  if (fact.value) return fact.value;
  return fact.kind === "lookup" ? fact.about : t(`editor.fact_none_${fact.kind}`);
}

function count(all, shown) {
  if (all === 0) return t("editor.facts_none");
  return all > shown
    ? t("editor.facts_some", { shown, count: all })
    : t("editor.facts_count", { count: all });
}
