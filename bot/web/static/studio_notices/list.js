/** Every notice: what waits for a reviewer first, then what patients are told now. */

import { api } from "../staff/api.js";
import { $, h } from "../staff/dom.js";
import { t } from "../staff/page.js";
import { when } from "../studio/words.js";
import { badges, period, told } from "./words.js";

export async function drawList() {
  const state = $("list-state");
  state.hidden = false;
  state.textContent = t("notices.loading");
  let found;
  try {
    found = await api("GET", "/api/notices");
  } catch (error) {
    state.textContent = t("notices.failed");
    throw error;
  }
  state.textContent = found.length ? "" : t("notices.none");
  state.hidden = found.length > 0;
  $("list").replaceChildren(...found.sort((a, b) => rank(a) - rank(b)).map(card));
}

function rank(notice) {
  if (notice.stage === "in_review") return 0;
  if (notice.told_now) return 1;
  return notice.live && !notice.over ? 2 : notice.stage === "draft" ? 3 : 4;
}

function card(notice) {
  const { head } = notice;
  const [main, other] = document.documentElement.lang === "es" ? ["es", "en"] : ["en", "es"];
  const title = head[main] || head[other] || t("notices.untitled");
  const lang = head[main] ? main : head[other] ? other : null;
  return h(
    "li",
    { className: "panel notice-card" },
    h("div", { className: "badges" }, h("span", { className: "kind" }, t(`notices.kind_${head.kind}`)), ...badges(notice)),
    h("a", { href: `#${notice.id}`, lang: lang ?? undefined }, title),
    h("p", { className: "help" }, [period(head), told(notice.told)].join(" · ")),
    h("p", { className: "help" }, t("notices.changed", { name: notice.changed_by, time: when(notice.changed_at) })),
  );
}
