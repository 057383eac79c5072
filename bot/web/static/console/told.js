/** What colleagues did with one's cases, told once per browser, also after a break. */

import { api } from "../staff/api.js";
import { notify } from "../staff/notices.js";
import { page, t } from "../staff/page.js";

const SHOWN = 3;
const KEY = `careline.told.${page.me.account_id}`;
let asking = false;

/**
 * Reads what is new and says it. `open(conversationId)` shows a case; `given(conversationId)` is
 * called for each that a colleague passed to this agent.
 */
export async function tellNews(open, given) {
  if (asking) return;
  asking = true;
  try {
    const after = Number(localStorage.getItem(KEY) ?? 0);
    const path = `/api/handoffs/told?after=${after}`;
    const { last, news } = await api("GET", path, undefined, { background: true });
    localStorage.setItem(KEY, String(last));
    say(news, open);
    for (const one of news) if (one.what === "given") given(one.conversation_id);
  } catch {
    // It is asked again with the next change of the queue.
  } finally {
    asking = false;
  }
}

function say(news, open) {
  if (news.length > SHOWN) {
    notify(t("case.told_more", { count: news.length }));
    return;
  }
  for (const { what, by, conversation_id: id } of news) {
    notify(t(`case.told_${what}`, { by: by ?? t("case.told_nobody") }), {
      action: { label: t("case.told_open"), run: () => open(id) },
    });
  }
}
