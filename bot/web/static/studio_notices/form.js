/** The fields of a notice: their values, their counters, and what is wrong with them. */

import { $, h } from "../staff/dom.js";
import { page, t } from "../staff/page.js";
import { clearProblems, problemLine } from "../studio/problems.js";
import { countWords } from "../studio/words.js";
import { Topics } from "./topics.js";

const LIMIT = 60;
const PLAIN = ["kind", "en", "es", "starts_at", "ends_at"];
export const FIELDS = [...PLAIN, "at_start", "topics", "sites"];
export const EMPTY = {
  kind: "closure",
  en: "",
  es: "",
  starts_at: null,
  ends_at: null,
  at_start: true,
  topics: [],
  sites: [],
};

export class NoticeForm {
  #topics;

  /** `changed()` is called at every edit. */
  constructor(changed) {
    this.#topics = new Topics(() => changed());
    $("sites").append(...page.sites.map(site));
    $("form").addEventListener("input", (event) => {
      if (event.target.id === "topic-search") return;
      this.#count();
      changed();
    });
  }

  get values() {
    const values = {};
    for (const name of PLAIN) values[name] = $(name).value;
    values.starts_at ||= null;
    values.ends_at ||= null;
    values.at_start = $("at_start").checked;
    values.topics = this.#topics.chosen;
    values.sites = [...$("sites").querySelectorAll("input:checked")].map(({ value }) => value);
    return values;
  }

  set values(given) {
    for (const name of PLAIN) $(name).value = given[name] ?? "";
    $("at_start").checked = given.at_start;
    this.#topics.chosen = given.topics;
    for (const box of $("sites").querySelectorAll("input")) box.checked = given.sites.includes(box.value);
    this.#count();
  }

  /** Times that were begun and not finished are empty to a script: they would be lost. */
  get unfinished() {
    return ["starts_at", "ends_at"].filter((name) => $(name).validity.badInput);
  }

  /** Shows what was found next to the field it is about, and goes to the first that blocks. */
  show(findings, { focus = true } = {}) {
    this.clear();
    for (const { field, rule, values, blocks } of findings) {
      const place = $(`${field}-problem`) ?? $("en-problem");
      const text = t(`notices.finding_${rule}`, values);
      place.append(problemLine(text, blocks ? "" : "advice"));
      if (blocks && $(field)?.matches(".field")) $(field).setAttribute("aria-invalid", "true");
    }
    const first = findings.find(({ blocks }) => blocks);
    if (!first || !focus) return;
    const target = { topics: "topic-search" }[first.field] ?? first.field;
    ($(target)?.matches(".field") ? $(target) : $(target)?.querySelector("input"))?.focus();
  }

  clear() {
    clearProblems($("form"));
  }

  #count() {
    for (const name of ["en", "es"]) {
      const count = countWords($(name).value);
      $(`${name}-count`).textContent = t("notices.words", { count, limit: LIMIT });
      $(`${name}-count`).classList.toggle("over", count > LIMIT);
    }
  }
}

function site({ id, name }) {
  return h("label", { className: "check" }, h("input", { type: "checkbox", value: id }), ` ${name}`);
}
