/**
 * The English text beside its translation, field by field, with what it says differently since.
 *
 * Only a person can say that the translation says the same again: until then it stays out of date,
 * whatever is saved.
 */

import { api } from "../staff/api.js";
import { $, button, h, icon } from "../staff/dom.js";
import { t } from "../staff/page.js";
import { withMarks } from "./marks.js";
import { articlePath } from "./text.js";
import { when } from "./words.js";

const FIELDS = ["title", "lead", "more"];
/** Says of a text that no source of it is known. */
export const NONE = 0;

/** What a text translates; null for a text that others are translated from. */
export async function sourceOf(slug, language) {
  if (language === "en") return null;
  return api("GET", `${articlePath(slug, language)}/source`);
}

export class Beside {
  #found = null;
  #confirmed = null;
  #changed;

  /** `changed()` is called when a person says what the text translates. */
  constructor(changed) {
    this.#changed = changed;
  }

  /** Shows the source of a text, as `sourceOf` found it; `confirmed` is what was said of it before
   * and is not saved. */
  show(found, confirmed = null) {
    this.#found = found;
    this.#confirmed = confirmed;
    this.#draw();
  }

  /** The source version that the text says it translates; null when there is nothing to say. */
  get translates() {
    const { source, stale, based_on: origin } = this.#found ?? {};
    if (!source || source.state !== "published") return null;
    if (this.#confirmed !== null) return this.#confirmed;
    return origin ?? (stale ? NONE : source.id);
  }

  /** What a person said of this text and the server may not know yet. */
  get confirmed() {
    return this.#confirmed;
  }

  /** The source version that is shown. */
  get shown() {
    return this.#found?.source?.state === "published" ? this.#found.source.id : null;
  }

  get stale() {
    return Boolean(this.#found?.stale) && this.#confirmed !== this.#found.source.id;
  }

  /** The words come from a text that said to translate this version; null: the editor says nothing. */
  says(version) {
    this.#confirmed = version;
    this.#draw();
  }

  #say(version) {
    this.says(version);
    this.#changed();
    $("beside-note").querySelector("button")?.focus();
  }

  #draw() {
    const source = this.#found?.source ?? null;
    $("form").classList.toggle("beside", source !== null);
    for (const name of FIELDS) this.#drawField(name, source);
    $("beside-note").replaceChildren(...(source ? this.#note(source) : []));
  }

  #drawField(name, source) {
    const place = $(`source-${name}`);
    place.hidden = source === null;
    if (!source) return;
    const text = source[name] || "";
    const runs = this.#found.changes[name];
    const words = h("div", { className: "as-written" });
    words.append(
      ...(runs ? compared(runs) : withMarks(text, this.#found.terms[name])),
      ...(text || runs ? [] : [h("span", { className: "help" }, t("editor.source_nothing"))]),
    );
    words.lang = source.language;
    const agreed = agreedWords(text, this.#found.terms[name]);
    place.replaceChildren(
      h("p", { className: "source-name" }, t("editor.source_name")),
      words,
      ...(agreed ? [h("p", { className: "help" }, t("editor.terms_agreed", { words: agreed }))] : []),
    );
  }

  #note(source) {
    if (source.state !== "published") return [note("info", "editor.source_draft")];
    const { stale, based_on: origin } = this.#found;
    if (!stale) return [];
    if (this.#confirmed === source.id) {
      const undo = button(t("editor.source_not_yet"), () => this.#say(null));
      return [note("info", "editor.source_confirmed", [undo])];
    }
    const same = button(t("editor.source_same"), () => this.#say(source.id));
    const name = source.published_by ?? t("studio.by_import");
    const about = t(origin ? "editor.source_changed" : "editor.source_unknown", {
      name,
      date: source.published_at ? when(source.published_at) : "",
    });
    return [note("warn", "studio.stale_title", [same], about)];
  }
}

/** What the terms of an English text are called in Spanish, for those who do not point at them. */
function agreedWords(text, terms) {
  const letters = [...text];
  const pairs = terms
    .filter((one) => one.es)
    .map((one) => `${letters.slice(one.start, one.end).join("").toLowerCase()} – ${one.es}`);
  return [...new Set(pairs)].join("; ");
}

function note(tone, id, actions = [], more = null) {
  return h(
    "div",
    { className: `banner ${tone}` },
    icon("alert"),
    h("div", {}, h("p", {}, h("strong", {}, t(id))), more ? h("p", {}, more) : null),
    actions.length ? h("div", { className: "banner-actions" }, actions) : null,
  );
}

/** Words that came and went, also for those who do not see colours. */
function compared(runs) {
  return runs.map(({ kind, text }) => {
    if (kind === "same") return text;
    const label = h("span", { className: "visually-hidden" }, ` ${t(`editor.run_${kind}`)} `);
    const shown = h(kind === "added" ? "ins" : "del", {}, text);
    return h("span", {}, label, shown);
  });
}
