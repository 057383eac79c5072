/** Acts on articles: on many of them in pieces, and undone as one. */

import { api } from "../staff/api.js";
import { newId } from "../staff/dom.js";
import { t } from "../staff/page.js";

const PIECE = 100;

/**
 * Does `act` to these articles, with `more` of what it needs. `told({done, left, at})` hears of
 * every piece: what was done, what was left and why, and how far it is. Resolves with the batch.
 */
export async function actOn(slugs, act, { batch = newId(), more = {}, told = () => {} } = {}) {
  for (let start = 0; start < slugs.length; start += PIECE) {
    const body = { act, batch, ...more, slugs: slugs.slice(start, start + PIECE) };
    const { done, left } = await api("POST", "/api/article-acts", body);
    told({ done, left, at: Math.min(start + PIECE, slugs.length) });
  }
  return batch;
}

/** Takes a batch back; returns what is to be said of it. */
export async function undoActs(batch) {
  const { left } = await api("POST", "/api/article-acts/undo", { batch });
  const reasons = Object.values(left);
  if (!reasons.length) return t("life.undone");
  const named = [...new Set(reasons)].map((why) => t(`life.left_${why}`));
  return t("life.undo_left", { count: reasons.length, reason: named.join("; ") });
}
