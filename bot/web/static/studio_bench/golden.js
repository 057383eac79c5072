/** Keeping the question as a test question of an article, in its draft. */

import { api } from "../staff/api.js";
import { $ } from "../staff/dom.js";
import { notify, offerUndo } from "../staff/notices.js";
import { t } from "../staff/page.js";
import { explain } from "../staff/work.js";
import { slugOf } from "./articles.js";

let shown = null;

$("golden-form").addEventListener("submit", (event) => {
  event.preventDefault();
  keep();
});

/** Offers to keep this question; the article that it reached first is filled in. */
export function drawGolden(question, { spoken, why }) {
  const best = why.best[0]?.slug ?? "";
  shown = { question, language: spoken };
  $("golden").hidden = false;
  $("golden-article").value = best;
  problem("");
}

async function keep() {
  const article = slugOf($("golden-article").value);
  if (!article) {
    problem(t("bench.article_unknown"));
    return;
  }
  const wish = { ...shown, article };
  try {
    await api("POST", "/api/bench/golden", wish);
  } catch (error) {
    if (!error.code) throw error;
    problem(error.field ? error.data.message : error.words);
    return;
  }
  problem("");
  const words = t("bench.golden_kept", { slug: article, language: wish.language });
  offerUndo(words, () => drop(wish));
}

async function drop(wish) {
  try {
    await api("POST", "/api/bench/golden/drop", wish);
    notify(t("bench.golden_dropped"));
  } catch (error) {
    explain(error);
  }
}

function problem(words) {
  $("golden-problem").textContent = words;
  $("golden-article").toggleAttribute("aria-invalid", Boolean(words));
  if (words) $("golden-article").focus();
}
