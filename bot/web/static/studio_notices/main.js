/** The notices page: the list, or the one notice that the address names (`#12`, `#new`). */

import { $ } from "../staff/dom.js";
import { guardTyped, watchSession } from "../staff/session.js";
import { explain } from "../staff/work.js";
import { NoticeEditor } from "./editor.js";
import { drawList } from "./list.js";

watchSession();
const editor = new NoticeEditor();
addEventListener("hashchange", follow);
guardTyped(() => editor.dirty);
follow();

async function follow() {
  const id = location.hash.slice(1);
  const before = $("overview").hidden;
  $("overview").hidden = Boolean(id);
  // Nothing can be typed into a form that is not there yet.
  $("editor").hidden = true;
  $("opening").hidden = !id;
  try {
    if (id) {
      await editor.open(id === "new" ? null : Number(id));
      if (location.hash.slice(1) !== id) return;
      $("editor").hidden = false;
      $("opening").hidden = true;
      $("editor-title").focus();
    } else {
      editor.close();
      await drawList();
      if (before) $("content").focus();
    }
  } catch (error) {
    $("opening").hidden = true;
    explain(error);
    if (error.code === "not_found") location.hash = "";
  }
}
