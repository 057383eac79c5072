/** Earlier drafts of a text, also of drafts that were discarded or written over. */

import { api } from "../staff/api.js";
import { $, button, h } from "../staff/dom.js";
import { t } from "../staff/page.js";
import { explain } from "../staff/work.js";
import { versionWords } from "./history.js";
import { articlePath } from "./text.js";
import { when } from "./words.js";

/** Shows them; `use(words)` is called with the one that is chosen. */
export async function showSaves(slug, language, use) {
  let saves;
  try {
    saves = await api("GET", `${articlePath(slug, language)}/saves`);
  } catch (error) {
    explain(error);
    return;
  }
  $("saves-empty").hidden = saves.length > 0;
  $("saves-list").replaceChildren(...saves.map((save) => row(save, language, use)));
  $("saves-dialog").showModal();
}

function row(save, language, use) {
  const back = button(t("editor.saves_use"), () => {
    $("saves-dialog").close();
    use(save.words);
  });
  return h(
    "li",
    { className: "version" },
    h(
      "details",
      {},
      h("summary", {}, t("studio.by_on", { name: save.name, date: when(save.saved_at) })),
      h("div", { className: "version-words", lang: language }, versionWords(save.words)),
      back,
    ),
  );
}
