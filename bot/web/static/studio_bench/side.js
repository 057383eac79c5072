/** One side of the comparison: what is live, or one text of an article. */

import { api } from "../staff/api.js";
import { $, h } from "../staff/dom.js";
import { t } from "../staff/page.js";
import { languageName } from "../staff/words.js";
import { when } from "../studio/words.js";
import { slugOf } from "./articles.js";

export class Side {
  #slug = null;

  constructor(name) {
    this.name = name;
    this.#kind.addEventListener("change", () => this.#kindChanged());
    this.#article.addEventListener("change", () => this.#articleChanged(null));
  }

  get #kind() {
    return $(`${this.name}-kind`);
  }

  get #article() {
    return $(`${this.name}-article`);
  }

  get #text() {
    return $(`${this.name}-text`);
  }

  /** Whether something is to be asked here. */
  get chosen() {
    return this.#kind.value !== "none";
  }

  /** Whether it is known what. */
  get ready() {
    return this.#kind.value === "live" || Boolean(this.#text.value);
  }

  /** The version that is asked; null for what is live. */
  get version() {
    return this.#kind.value === "text" ? Number(this.#text.value) : null;
  }

  /** What it is called above its result. */
  get title() {
    if (this.#kind.value === "live") return t("bench.kind_live");
    return `${this.#slug} · ${this.#text.selectedOptions[0].textContent}`;
  }

  /** The side in an address: nothing, `live`, or `slug/version`. */
  get address() {
    if (this.#kind.value === "text") return this.ready ? `${this.#slug}/${this.version}` : "";
    return this.#kind.value === "live" && this.name === "b" ? "live" : "";
  }

  /** Shows what an address names. */
  async set(address) {
    const [slug, version] = address.split("/");
    this.#kind.value = version ? "text" : this.#plain(address);
    this.#kindChanged();
    if (!version) return;
    this.#article.value = slug;
    await this.#articleChanged(version);
  }

  #plain(address) {
    return this.name === "a" || address === "live" ? "live" : "none";
  }

  /** Says that no text is picked. */
  complain() {
    $(`${this.name}-article-help`).textContent = t("bench.article_unknown");
    this.#article.setAttribute("aria-invalid", "true");
    this.#article.focus();
  }

  #kindChanged() {
    $(`${this.name}-more`).hidden = this.#kind.value !== "text";
  }

  async #articleChanged(version) {
    this.#slug = slugOf(this.#article.value);
    this.#text.replaceChildren();
    const known = this.#slug !== null;
    this.#article.toggleAttribute("aria-invalid", !known);
    const help = known ? "bench.article_help" : "bench.article_unknown";
    $(`${this.name}-article-help`).textContent = t(help);
    if (!known) return;
    const article = await api("GET", `/api/articles/${this.#slug}`);
    this.#text.replaceChildren(...options(article));
    if (version) this.#text.value = version;
  }
}

function options({ languages }) {
  const found = Object.entries(languages).flatMap(([code, { draft, live, history }]) => {
    const language = languageName(code);
    const old = history.filter(({ id }) => id !== live?.id);
    return [
      ...(draft ? [option(draft, t("bench.text_draft", { language }))] : []),
      ...(live ? [option(live, t("bench.text_live", { language }))] : []),
      ...old.map((one) => option(one, oldWords(one, language))),
    ];
  });
  return found.length ? found : [h("option", { value: "" }, t("bench.text_none"))];
}

function option({ id }, words) {
  return h("option", { value: String(id) }, words);
}

function oldWords({ id, published_at: at, published_by: by }, language) {
  const name = by || t("bench.by_import");
  return t("bench.text_old", { language, date: at ? when(at) : "", name, id });
}
