/** “Who saw this?”: the numbers of one version, the conversations, and its correction. */

import { api } from "../staff/api.js";
import { $, closeDialogs } from "../staff/dom.js";
import { page, t } from "../staff/page.js";
import { watchSession } from "../staff/session.js";
import { languageName } from "../staff/words.js";
import { explain } from "../staff/work.js";
import { date } from "../studio/words.js";
import { Correcting } from "./correcting.js";
import { drawCame, drawNumbers, drawReach } from "./numbers.js";
import { Readers } from "./readers.js";

watchSession();
closeDialogs();
const path = `/api/versions/${page.version_id}/seen`;
const correcting = new Correcting(page.version_id, refresh);
refresh().then((found) => found && new Readers(path));

/** Reads everything but the list again; says whether there is such a version. */
async function refresh() {
  let found;
  try {
    found = await api("GET", path);
  } catch (error) {
    explain(error);
    $("which").textContent = error.words;
    return false;
  }
  const { version, counts } = found;
  $("which").textContent = t("seen.lead_version", {
    title: version.title,
    id: version.id,
    language: languageName(version.language),
    date: date(version.published_at.slice(0, 10)),
  });
  $("article-link").href = `/studio#${version.slug}/${version.language}`;
  $("live").textContent = t(version.is_live ? "seen.live_now" : "seen.archived");
  $("live").classList.toggle("ok", version.is_live);
  $("said").textContent = version.lead;
  $("said").lang = version.language;
  $("never").hidden = counts.shown > 0;
  $("readers").hidden = $("next").hidden = counts.shown === 0;
  $("correct").hidden = counts.shown === 0 && found.corrections.length === 0;
  drawNumbers(counts);
  drawCame(counts);
  drawReach(found.reach);
  correcting.show(found);
  $("found").hidden = false;
  return true;
}
