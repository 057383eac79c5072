/** What the server says of a draft: how it will look, and what it asks for that is known. */

import { renderBlocks } from "../blocks.js";
import { api } from "../staff/api.js";
import { $, debounce } from "../staff/dom.js";
import { announce } from "../staff/notices.js";
import { t } from "../staff/page.js";

const PAUSE_MS = 500;

export class DraftView {
  #id = null;
  #text = "";
  #warned = "";
  #later = debounce(() => this.#look(), PAUSE_MS);

  /** The text changed; a pause later it is looked at. */
  typed(id, text) {
    this.#id = id;
    this.#text = text;
    if (text.trim()) this.#later();
    else this.clear();
  }

  clear() {
    this.#later.cancel();
    this.#text = "";
    this.#warned = "";
    $("preview").hidden = true;
    $("again").hidden = true;
  }

  async #look() {
    const text = this.#text;
    const found = await look(this.#id, text);
    if (!found || text !== this.#text) return;
    const { blocks } = found;
    $("preview").hidden = !formatted(blocks);
    $("preview-words").replaceChildren(renderBlocks(blocks, { newTab: t("staff.new_tab") }));
    const words = warning(found);
    $("again").textContent = words;
    $("again").hidden = !words;
    // Said when it comes up, not again with every word that follows.
    if (words && words !== this.#warned) announce(words);
    this.#warned = words;
  }
}

/** Looks at a text once; null when that is not possible now, which is no reason not to send. */
export async function look(id, text) {
  try {
    return await api("POST", `/api/conversations/${id}/draft`, { text }, { background: true });
  } catch {
    return null;
  }
}

/** "They already told us: Insurance: Aetna", or nothing. */
export function warning({ asked_again: again }) {
  if (!again.length) return "";
  const known = again.map(({ item, value }) => `${t(`writing.item_${item}`)}: ${value}`);
  return t("writing.asked_again", { known: known.join("; ") });
}

/** Whether a patient would see more than plain paragraphs. */
function formatted(blocks) {
  return blocks.some(
    ({ type, children }) => type !== "paragraph" || children.some(({ type: kind }) => kind !== "text" && kind !== "break"),
  );
}
