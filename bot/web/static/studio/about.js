/**
 * What the article is about, in all its languages: topics, related articles and scope.
 *
 * Each change is saved by itself and counts at once; the notice about it takes it back.
 */

import { api } from "../staff/api.js";
import { $ } from "../staff/dom.js";
import { notify, offerUndo } from "../staff/notices.js";
import { t } from "../staff/page.js";
import { Picker } from "./picker.js";
import { articlePath } from "./text.js";

const SCOPES = ["payer", "plan_type", "location", "age_group"];

export class About {
  #slug = null;
  #saved = null;
  #topics;
  #titles = new Map();
  #related;
  #changed;
  #saving = Promise.resolve();

  /** `changed()` is called when something was saved. */
  constructor(changed) {
    this.#changed = changed;
    this.#topics = new Picker("about-topics", () => this.#save());
    this.#related = new Picker("about-related", () => this.#save());
    for (const name of SCOPES) {
      $(`about-${name}`).addEventListener("change", () => this.#save());
    }
    $("about-again").addEventListener("click", () => this.#save());
  }

  /** What the topics' picker offers. */
  offerTopics(topics) {
    this.#topics.known = topics;
    this.#titles = new Map(topics.map(({ id, title }) => [id, title]));
    if (this.#saved) this.#summarize();
  }

  /** What the picker of related articles offers. */
  offerArticles(articles) {
    this.#related.known = articles;
  }

  open(slug, about) {
    const typed = this.#slug === slug && this.#saved && this.#differs();
    [this.#slug, this.#saved] = [slug, about];
    if (!typed) this.#show(about);
    this.#summarize();
    this.#problem(null);
  }

  #summarize() {
    const titles = this.#saved.topics.map((id) => this.#titles.get(id) ?? id);
    $("about-summary").textContent = titles.join(", ");
  }

  #show(about) {
    this.#topics.chosen = about.topics;
    this.#related.chosen = about.related;
    for (const name of SCOPES) $(`about-${name}`).value = about.scope[name] ?? "";
  }

  #values() {
    const scope = Object.fromEntries(
      SCOPES.map((name) => [name, $(`about-${name}`).value.trim()]).filter(([, text]) => text),
    );
    return {
      topics: this.#topics.chosen,
      related: this.#related.chosen,
      scope,
    };
  }

  #differs() {
    return JSON.stringify(this.#values()) !== JSON.stringify(this.#saved);
  }

  #save() {
    this.#saving = this.#saving.then(() => this.#once());
    return this.#saving;
  }

  async #once() {
    if (!this.#differs()) return;
    const [slug, base, mine] = [this.#slug, this.#saved, this.#values()];
    try {
      const saved = await this.#put(slug, base, mine);
      offerUndo(t("editor.about_saved"), () => this.#back(slug, saved, base));
    } catch (error) {
      if (!error.code) throw error;
      this.#problem(error);
    }
  }

  async #back(slug, saved, base) {
    try {
      await this.#put(slug, saved, base);
      notify(t("editor.about_undone"));
    } catch (error) {
      if (!error.code) throw error;
      this.#problem(error);
    }
  }

  async #put(slug, base, mine) {
    const path = `${articlePath(slug)}/about`;
    const saved = await api("PUT", path, { base, mine });
    if (slug === this.#slug) {
      this.#saved = saved;
      this.#show(saved);
      this.#summarize();
      this.#problem(null);
    }
    this.#changed();
    return saved;
  }

  /** What stands in the fields stays there. */
  #problem(error) {
    $("about-problem").textContent = error?.advice ?? "";
    $("about-again").hidden = !error;
  }
}
