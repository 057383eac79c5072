/** A new article: its question, its shelf and its topics; the name in addresses comes by itself. */

import { api } from "../staff/api.js";
import { $, h } from "../staff/dom.js";
import { page, t } from "../staff/page.js";
import { unsent } from "../staff/unsent.js";
import { Picker } from "./picker.js";

const KEY = "article.new";
const TYPED = ["new-title", "new-slug", "new-domain", "new-topics-input"];

export class Start {
  #topics = new Picker("new-topics", () => this.#keep());
  #named = false;
  #made;

  /** `made({slug, language})` is called with the article that was started. */
  constructor(made) {
    this.#made = made;
    $("new-article").addEventListener("click", () => this.#open());
    $("new-title").addEventListener("input", () => this.#name());
    $("new-slug").addEventListener("input", () => {
      this.#named = $("new-slug").value !== "";
    });
    $("new-form").addEventListener("input", () => this.#keep());
    $("new-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#start();
    });
    // Not before there is somebody to listen.
    $("new-article").disabled = false;
  }

  offer(topics) {
    this.#topics.known = topics;
  }

  #open() {
    $("new-problem").replaceChildren();
    this.#comeBack();
    const chosen = document.querySelector("#new-form [name=new-language]:checked");
    if (!chosen) $(`new-language-${page.language}`).checked = true;
    $("new-dialog").showModal();
    $("new-title").focus();
  }

  /** What was typed before comes back, also after a time-out. */
  #comeBack() {
    const before = unsent.get(KEY);
    if (!before) return;
    for (const id of TYPED) $(id).value = before.values[id];
    this.#named = before.named;
    this.#topics.chosen = before.topics;
    const language = before.language && $(`new-language-${before.language}`);
    if (language) language.checked = true;
  }

  #keep() {
    const values = Object.fromEntries(TYPED.map((id) => [id, $(id).value]));
    const language = document.querySelector("#new-form [name=new-language]:checked")?.value;
    unsent.set(KEY, { values, named: this.#named, topics: this.#topics.chosen, language });
  }

  #name() {
    if (!this.#named) $("new-slug").value = slugOf($("new-title").value);
  }

  async #start() {
    $("new-problem").replaceChildren();
    const asked = {
      title: $("new-title").value.trim(),
      language: document.querySelector("#new-form [name=new-language]:checked").value,
      domain: $("new-domain").value,
      topics: this.#topics.chosen,
      slug: this.#named ? $("new-slug").value.trim() : "",
    };
    $("new-confirm").disabled = true;
    try {
      const made = await api("POST", "/api/articles", asked);
      this.#empty();
      $("new-dialog").close();
      this.#made(made);
    } catch (error) {
      if (!error.code) throw error;
      this.#refused(error);
    } finally {
      $("new-confirm").disabled = false;
    }
  }

  #refused(error) {
    const taken = error.code === "conflict";
    const field = taken ? "slug" : error.field?.split(".")[0];
    const lacking = { title: "editor.new_no_title", topics: "editor.new_no_topic" };
    let text = lacking[field] ? t(lacking[field]) : error.words;
    if (field === "slug") text = t(taken ? "editor.new_taken" : "editor.new_bad_slug");
    $("new-problem").replaceChildren(h("p", { className: "problem" }, text));
    $({ title: "new-title", slug: "new-slug", topics: "new-topics-input" }[field] ?? "new-title").focus();
  }

  #empty() {
    this.#named = false;
    this.#topics.chosen = [];
    for (const id of ["new-title", "new-slug", "new-topics-input"]) $(id).value = "";
    unsent.set(KEY, null);
  }
}

/** As the server makes it. */
function slugOf(title) {
  return title
    .normalize("NFKD")
    .replace(/[^\p{ASCII}]|'/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/gu, "-")
    .replace(/^-+|-+$/gu, "")
    .slice(0, 80);
}
