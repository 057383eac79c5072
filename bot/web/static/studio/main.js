/** The studio: a list of articles, and the one that is open. */

import { $ } from "../staff/dom.js";
import { notify } from "../staff/notices.js";
import { page } from "../staff/page.js";
import { isLeaving, watchSession } from "../staff/session.js";
import { Waiting } from "../studio_gate/waiting.js";
import { Editor } from "./editor.js";
import { Life } from "./life.js";
import { ArticleList } from "./list.js";
import { Reported } from "./reported.js";

watchSession();
const list = new ArticleList();
new Reported();
new Waiting();
const editor = new Editor(() => refresh());
new Life(editor);

for (const button of document.querySelectorAll("dialog [data-close]")) {
  button.addEventListener("click", () => button.closest("dialog").close());
}
$("back").addEventListener("click", () => {
  location.hash = "";
});
addEventListener("hashchange", follow);
addEventListener("beforeunload", (event) => {
  // The text would come back in this tab, but whoever closes the tab should know.
  if (editor.dirty && !isLeaving()) event.preventDefault();
});
refresh();
follow();

/** Opens the article that the address names: `#slug/language`. */
async function follow() {
  const [slug, language = page.language] = location.hash.slice(1).split("/");
  list.select(slug || null);
  if (!slug) {
    editor.close();
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

function explain(error) {
  if (!error.code) throw error;
  if (!isLeaving()) notify(error.words, { error: true });
}
