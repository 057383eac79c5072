/** The list of articles: search, filters, and what each one needs. */

import { api } from "../staff/api.js";
import { $, debounce, h, reconcile } from "../staff/dom.js";
import { page, t } from "../staff/page.js";
import { hasTyped } from "./typed.js";
import { date, daysUntil, languageName } from "./words.js";

const SOON_DAYS = 30;
const LANGUAGES = ["en", "es"];

const FITS = {
  all: () => true,
  draft: (article) => LANGUAGES.some((one) => article.state[one] === "draft" || article.drafts?.includes(one)),
  stale: (article) => LANGUAGES.some((one) => article.state[one] === "stale"),
  expired: (article) => daysUntil(article.expires_on) <= SOON_DAYS,
  unreviewed: (article) => !article.reviewed,
  missing: (article) => LANGUAGES.some((one) => !article.state[one] || article.state[one] === "missing"),
};

export class ArticleList {
  #articles = [];
  #selected = null;
  #asked = 0;

  constructor() {
    const later = debounce(() => this.refresh(), 200);
    $("filters").addEventListener("submit", (event) => event.preventDefault());
    $("search").addEventListener("input", later);
    $("topic").addEventListener("change", () => this.refresh());
    $("show").addEventListener("change", () => this.draw());
  }

  /** Reads the list again, as searched and filtered. */
  async refresh() {
    const query = new URLSearchParams();
    if ($("search").value.trim()) query.set("q", $("search").value.trim());
    if ($("topic").value) query.set("topic", $("topic").value);
    const turn = ++this.#asked;
    const found = await api("GET", `/api/articles?${query}`);
    // Only the answer to the latest question counts.
    if (turn !== this.#asked) return;
    this.#articles = found;
    this.#offerTopics(found);
    this.draw();
  }

  select(slug) {
    this.#selected = slug;
    this.draw();
  }

  draw() {
    const shown = this.#articles.filter(FITS[$("show").value]);
    const one = shown.length === 1 ? t("studio.count_one") : null;
    $("count").textContent = shown.length
      ? (one ?? t("studio.count_many", { count: shown.length }))
      : t("studio.none_found");
    reconcile($("articles"), shown, {
      key: (article) => article.slug,
      create: () => h("li", {}, h("a", { className: "row" })),
      update: (node, article) => this.#drawRow(node.firstElementChild, article),
    });
  }

  #drawRow(row, article) {
    const language = article.title[page.language] ? page.language : "en";
    row.href = `#${article.slug}/${language}`;
    if (article.slug === this.#selected) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
    row.replaceChildren(
      h("span", { className: "row-title", lang: language }, article.title[language] ?? article.slug),
      h("span", { className: "badges" }, badges(article)),
    );
  }

  #offerTopics(articles) {
    const select = $("topic");
    if (select.options.length > 1) return;
    const topics = [...new Set(articles.flatMap((article) => article.topics))].sort();
    select.append(...topics.map((topic) => h("option", { value: topic }, topic)));
  }
}

function badges(article) {
  const made = [];
  const add = (tone, text) => made.push(h("span", { className: `badge ${tone}` }, text));
  for (const one of LANGUAGES) {
    const state = article.state[one] ?? "missing";
    const language = languageName(one);
    if (hasTyped(article.slug, one)) add("warn", t("studio.badge_unsaved"));
    if (state === "stale") add("warn", t("studio.badge_stale", { language }));
    if (state === "expired") add("danger", t("studio.badge_expired", { language }));
    if (state === "missing") add("", t("studio.badge_missing", { language }));
    if (FITS.draft({ state: { [one]: state }, drafts: article.drafts?.filter((d) => d === one) })) {
      add("info", t("studio.badge_draft", { language }));
    }
  }
  const days = daysUntil(article.expires_on);
  if (days < 0) add("danger", t("studio.badge_expired_on", { date: date(article.expires_on) }));
  else if (days <= SOON_DAYS) add("warn", t("studio.badge_expires", { date: date(article.expires_on) }));
  if (!article.reviewed) add("", t("studio.badge_unreviewed"));
  return made;
}
