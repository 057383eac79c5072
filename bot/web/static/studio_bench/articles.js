/** The articles by title, for the inputs that offer them. */

import { $, h } from "../staff/dom.js";
import { page } from "../staff/page.js";

const title = ({ slug, titles }) => titles[page.language] ?? Object.values(titles)[0] ?? slug;

/** Fills the list that inputs offer. */
export function offerArticles() {
  $("bench-articles").replaceChildren(
    ...page.articles.map((one) => h("option", { value: one.slug }, title(one))),
  );
}

/** The article that is meant by its name, or by a title in any language; null when none is. */
export function slugOf(typed) {
  const words = typed.trim().toLowerCase();
  const found = page.articles.find(
    ({ slug, titles }) =>
      slug === words || Object.values(titles).some((one) => one.toLowerCase() === words),
  );
  return found?.slug ?? null;
}
