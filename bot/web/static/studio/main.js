/** The studio: a list of articles, and the one that is open. */

import { api } from "../staff/api.js";
import { $, closeDialogs } from "../staff/dom.js";
import { page } from "../staff/page.js";
import { guardTyped, watchSession } from "../staff/session.js";
import { explain } from "../staff/work.js";
import { Waiting } from "../studio_gate/waiting.js";
import { About } from "./about.js";
import { Editor } from "./editor.js";
import { Life } from "./life.js";
import { ArticleList } from "./list.js";
import { Reported } from "./reported.js";
import { Start } from "./start.js";

watchSession();
closeDialogs();
const list = new ArticleList();
new Reported();
new Waiting();
const about = new About(() => refresh());
const editor = new Editor(() => refresh(), about);
new Life(editor);
const start = new Start(({ slug, language }) => {
  refresh();
  location.hash = `${slug}/${language}`;
});

$("back").addEventListener("click", () => {
  location.hash = "";
});
addEventListener("hashchange", follow);
// The text would come back in this tab, but whoever closes the tab should know.
guardTyped(() => editor.dirty);
refresh();
follow();
offer();

/** Opens the article that the address names: `#slug/language`. */
async function follow() {
  const [slug, language = page.language] = location.hash.slice(1).split("/");
  list.select(slug || null);
  if (!slug) {
    await editor.close();
    return;
  }
  try {
    await editor.open(slug, language === "es" ? "es" : "en");
  } catch (error) {
    explain(error);
  }
}

async function refresh() {
  try {
    await list.refresh();
  } catch (error) {
    explain(error);
  }
}

/** What the pickers offer: topics by name, and every article. */
async function offer() {
  try {
    const topics = await api("GET", "/api/topics");
    start.offer(topics);
    about.offerTopics(topics);
    const articles = await api("GET", "/api/articles");
    about.offerArticles(
      articles.map(({ slug, title }) => ({
        id: slug,
        title: title[page.language] ?? Object.values(title)[0] ?? slug,
      })),
    );
  } catch (error) {
    explain(error);
  }
}
