/**
 * The list of articles: searched and filtered by the server, which knows all of them; shown a page
 * at a time, with the true total. What is selected stays selected over pages and searches.
 */

import { api } from "../staff/api.js";
import { $, debounce, h, reconcile } from "../staff/dom.js";
import { page, t } from "../staff/page.js";
import { kept } from "../staff/session.js";
import { languageName } from "../staff/words.js";
import { explain } from "../staff/work.js";
import { Bulk } from "./bulk.js";
import { hasTyped } from "./typed.js";
import { date, daysUntil } from "./words.js";

const SOON_DAYS = 30;
const LANGUAGES = ["en", "es"];
const FILTERS = ["topic", "language", "state", "owner", "needs", "sort"];
const KEPT = "studio.filters";

export class ArticleList {
  #rows = [];
  #total = 0;
  #selected = null;
  #asked = 0;
  #loaded = false;
  #bulk;

  constructor() {
    const later = debounce(() => this.#reload(), 200);
    this.#bulk = new Bulk({
      changed: () => this.refresh(),
      everything: async () => (await api("GET", `/api/article-slugs?${this.#query()}`)).slugs,
      drawn: () => this.draw(),
    });
    $("filters").addEventListener("submit", (event) => event.preventDefault());
    $("search").addEventListener("input", later);
    for (const name of FILTERS) {
      $(name).addEventListener("change", () => {
        this.#keep();
        this.#reload();
      });
    }
    $("clear-filters").addEventListener("click", () => this.#clear());
    $("more-articles").addEventListener("click", () => this.#more());
    this.#offerOwners();
    const before = kept.get(KEPT) ?? {};
    for (const name of FILTERS) {
      if (name !== "topic" && before[name]) $(name).value = before[name];
    }
    this.#drawFilters();
  }

  /** Reads the list again, as searched and filtered, as far as it was shown. */
  async refresh() {
    const turn = ++this.#asked;
    const wanted = Math.max(this.#rows.length, 1);
    let rows = [];
    let found;
    do {
      found = await api("GET", `/api/article-list?${this.#query(rows.length)}`);
      // Only the answer to the latest question counts.
      if (turn !== this.#asked) return;
      if (rows.length === 0) this.#offerTopics(found.topics);
      rows = [...rows, ...found.rows];
    } while (rows.length < Math.min(wanted, found.total) && found.rows.length);
    [this.#rows, this.#total] = [rows, found.total];
    this.#loaded = true;
    this.draw();
  }

  select(slug) {
    this.#selected = slug;
    this.draw();
  }

  draw() {
    if (!this.#loaded) return;
    const shown = this.#rows.length;
    $("count").textContent = this.#total
      ? t("life.shown", { shown, total: this.#total })
      : t("life.none_found");
    $("more-articles").hidden = shown >= this.#total;
    this.#bulk.draw(this.#total);
    reconcile($("articles"), this.#rows, {
      key: (article) => article.slug,
      create: (article) => this.#row(article),
      update: (node, article) => this.#drawRow(node, article),
    });
  }

  async #reload() {
    this.#rows = [];
    try {
      await this.refresh();
    } catch (error) {
      explain(error);
    }
  }

  async #more() {
    const turn = ++this.#asked;
    const start = this.#rows.length;
    try {
      const found = await api("GET", `/api/article-list?${this.#query(start)}`);
      if (turn !== this.#asked) return;
      const known = new Set(this.#rows.map((one) => one.slug));
      this.#rows = [...this.#rows, ...found.rows.filter((one) => !known.has(one.slug))];
      this.#total = found.total;
      this.draw();
      $("articles").children[start]?.querySelector("a").focus();
    } catch (error) {
      explain(error);
    }
  }

  #query(start = 0) {
    const query = new URLSearchParams({ start });
    const q = $("search").value.trim();
    if (q) query.set("q", q);
    for (const name of FILTERS) {
      if ($(name).value) query.set(name, $(name).value);
    }
    return query;
  }

  #keep() {
    kept.set(KEPT, Object.fromEntries(FILTERS.map((name) => [name, $(name).value])));
    this.#drawFilters();
  }

  #clear() {
    $("search").value = "";
    for (const name of FILTERS) $(name).selectedIndex = 0;
    this.#keep();
    this.#reload();
    $("search").focus();
  }

  #drawFilters() {
    const count = FILTERS.filter((name) => $(name).selectedIndex > 0).length;
    $("filters-title").textContent = count ? t("life.filters_on", { count }) : t("life.filters");
    $("clear-filters").hidden = !count;
    if (count) $("more-filters").open = true;
  }

  #row(article) {
    const box = h("input", { type: "checkbox", className: "pick" });
    box.addEventListener("change", () => this.#bulk.pick(article.slug, box.checked));
    return h("li", { className: "article-item" }, box, h("a", { className: "row" }));
  }

  #drawRow(node, article) {
    const [box, row] = node.children;
    const language = article.title[page.language] ? page.language : Object.keys(article.title)[0];
    const title = article.title[language] ?? article.slug;
    box.setAttribute("aria-label", t("life.select_one", { title }));
    box.checked = this.#bulk.has(article.slug);
    row.href = `#${article.slug}/${language ?? "en"}`;
    if (article.slug === this.#selected) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
    row.replaceChildren(
      h("span", { lang: language }, title),
      h("span", { className: "badges" }, badges(article)),
    );
  }

  #offerTopics(topics) {
    const select = $("topic");
    if (select.options.length > 1) return;
    select.append(...topics.map(({ id, title }) => h("option", { value: id }, title)));
    const before = kept.get(KEPT)?.topic;
    if (before && topics.some(({ id }) => id === before)) {
      select.value = before;
      this.#drawFilters();
      this.#reload();
    }
  }

  #offerOwners() {
    const others = page.people.filter((one) => one.id !== page.me.account_id);
    $("owner").append(
      h("option", { value: "me" }, t("life.owner_me")),
      h("option", { value: "none" }, t("life.owner_none")),
      ...others.map((one) => h("option", { value: one.id }, one.name)),
    );
  }
}

function badges(article) {
  const made = [];
  const add = (tone, text) => made.push(h("span", { className: `badge ${tone}` }, text));
  if (article.meant) add("ok", t("life.meant"));
  for (const one of LANGUAGES) {
    const state = article.state[one] ?? "missing";
    const working = article.working[one];
    const language = languageName(one);
    if (hasTyped(article.slug, one)) add("warn", t("studio.badge_unsaved"));
    if (state === "stale") add("warn", t("studio.badge_stale", { language }));
    if (state === "expired") add("danger", t("studio.badge_expired", { language }));
    if (state === "missing") add("", t("studio.badge_missing", { language }));
    if (state === "archived") add("warn", t("life.badge_archived", { language }));
    if (working === "draft") add("info", t("studio.badge_draft", { language }));
    else if (working) add("info", t(`life.badge_${working}`, { language }));
  }
  const days = daysUntil(article.expires_on);
  if (days < 0) add("danger", t("studio.badge_expired_on", { date: date(article.expires_on) }));
  else if (days <= SOON_DAYS) add("warn", t("studio.badge_expires", { date: date(article.expires_on) }));
  if (article.rating?.low) {
    const { mean, count } = article.rating;
    add("danger", t("life.rating", { mean, count }));
  }
  if (!article.reviewed) add("", t("studio.badge_unreviewed"));
  return made;
}
