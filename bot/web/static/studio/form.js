/** The fields of one text: their values, their counters, and what is wrong with them. */

import { $, button, h, reconcile } from "../staff/dom.js";
import { t } from "../staff/page.js";
import { Marked } from "./marks.js";
import { clearProblems, findingWords, problemLine } from "./problems.js";
import { countWords } from "./words.js";

const LEAD_WORDS = 60;
const PLAIN = ["title", "lead", "more", "verified_on", "expires_on"];
const LINES = ["variants", "golden"];
const EMPTY = { title: "", lead: "", more: "", variants: [], golden: [], sources: [] };

export class Form {
  #changed;
  #frozen = false;
  #marked = { lead: new Marked("lead"), more: new Marked("more") };

  /** `changed()` is called at every edit. */
  constructor(changed) {
    this.#changed = changed;
    $("form").addEventListener("input", () => {
      this.#count();
      changed();
    });
    $("form").addEventListener("submit", (event) => event.preventDefault());
    $("add-source").addEventListener("click", () => {
      this.#drawSources([...this.#sources(), { title: "", url: "" }]);
      $("sources").lastElementChild.querySelector("input").focus();
      changed();
    });
  }

  /** What stands in the fields, in the shape that is saved. */
  get values() {
    const values = {};
    for (const name of PLAIN) values[name] = $(name).value.trim();
    for (const name of LINES) {
      values[name] = $(name)
        .value.split("\n")
        .map((line) => line.trim())
        .filter(Boolean);
    }
    values.more ||= null;
    values.verified_on ||= null;
    values.expires_on ||= null;
    values.sources = this.#sources().filter(({ title, url }) => title || url);
    return values;
  }

  set values(given) {
    const values = { ...EMPTY, ...given };
    for (const name of PLAIN) put($(name), values[name] ?? "");
    for (const name of LINES) put($(name), values[name].join("\n"));
    this.#drawSources(values.sources);
    this.#count();
    for (const area of Object.values(this.#marked)) area.fit();
  }

  /** Marks the terms that were found in these values. */
  mark(values, terms) {
    for (const [name, area] of Object.entries(this.#marked)) {
      area.show(values[name] ?? "", terms[name]);
    }
  }

  /** The language of the words, for spelling and for screen readers. */
  set language(language) {
    for (const name of ["title", "lead", "more", ...LINES]) $(name).lang = language;
  }

  /** A text that is with the reviewers is read, not written. */
  set frozen(frozen) {
    for (const input of $("form").querySelectorAll("input, textarea")) input.readOnly = frozen;
    for (const button of $("form").querySelectorAll("button")) button.hidden = frozen;
    this.#frozen = frozen;
  }

  /** Shows what was found next to the field it is about; returns how many there were. */
  show(findings) {
    this.clear();
    for (const one of findings) {
      const name = (one.field ?? "").split(".")[0];
      const place = $(`${name}-problem`) ?? $("title-problem");
      place.append(problemLine(findingWords(one)));
      const input = $(name);
      if (input?.matches(".field")) input.setAttribute("aria-invalid", "true");
    }
    const first = document.querySelector(".problems:not(:empty)");
    first?.closest("[data-field]").querySelector(".field, .button")?.focus();
    return findings.length;
  }

  /** Shows a field and puts the cursor there. */
  focus(field) {
    const group = document.querySelector(`[data-field="${field}"]`);
    group?.scrollIntoView({ block: "center" });
    group?.querySelector(".field, .button")?.focus();
  }

  clear() {
    clearProblems($("form"));
  }

  #sources() {
    return [...$("sources").children].map((row) => {
      const [title, url] = row.querySelectorAll("input");
      return { title: title.value.trim(), url: url.value.trim() };
    });
  }

  #drawSources(sources) {
    const numbered = sources.map((source, index) => ({ ...source, number: index + 1 }));
    reconcile($("sources"), numbered, {
      key: ({ number }) => number,
      create: ({ number }) => this.#sourceRow(number),
      update: (row, { title, url }) => {
        const [titleInput, urlInput] = row.querySelectorAll("input");
        titleInput.value = title;
        urlInput.value = url;
      },
    });
    this.frozen = this.#frozen;
  }

  #sourceRow(number) {
    const input = (id, type) =>
      h("input", {
        className: "field",
        type,
        placeholder: t(`studio.${id}`, { number }),
        "aria-label": t(`studio.${id}`, { number }),
      });
    const remove = () => {
      this.#drawSources(this.#sources().filter((_, index) => index !== number - 1));
      $("add-source").focus();
      this.#changed();
    };
    return h(
      "li",
      {},
      input("source_title", "text"),
      input("source_url", "url"),
      button(t("studio.remove_source", { number }), remove, "quiet"),
    );
  }

  #count() {
    const count = countWords($("lead").value);
    const over = count - LEAD_WORDS;
    const text = over > 0 ? "studio.words_over" : "studio.words";
    $("lead-count").textContent = t(text, { count, limit: LEAD_WORDS, over });
    $("lead-count").classList.toggle("over", over > 0);
  }
}

/** A field that says it already keeps its caret. */
function put(input, text) {
  if (input.value.trim() !== text) input.value = text;
}
