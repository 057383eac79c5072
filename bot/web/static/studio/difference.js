/** Two texts word by word, and the dialog in which any two are compared. */

import { api } from "../staff/api.js";
import { $, h } from "../staff/dom.js";
import { hasText, t } from "../staff/page.js";
import { explain } from "../staff/work.js";
import { date, when } from "./words.js";

const LISTS = new Set(["variants", "golden", "sources"]);
const DAYS = new Set(["verified_on", "expires_on"]);

/** What differs between two versions, as nodes. */
export async function difference(olderId, newerId) {
  return drawDifference(await api("GET", `/api/versions/${olderId}/diff/${newerId}`));
}

/** `<ins>` and `<del>` for the eye, words for the ear: neither depends on colour. */
function drawDifference(changes) {
  if (!changes.length) return [h("p", { className: "empty" }, t("life.no_changes"))];
  return changes.flatMap(({ field, parts }) => [
    h("h3", {}, t(`life.field_${field}`)),
    LISTS.has(field)
      ? h("ul", { className: "diff-lines" }, parts.map((part) => h("li", {}, piece(part))))
      : h("p", { className: "as-written" }, parts.map((part) => piece(part, DAYS.has(field)))),
  ]);
}

function piece({ kind, text }, isDay = false) {
  const words = isDay ? date(text) : text;
  if (kind === "same") return h("span", {}, words);
  const tag = kind === "added" ? "ins" : "del";
  const said = h("span", { className: "visually-hidden" }, ` ${t(`life.${kind}`)} `);
  // The space between two words belongs to neither of them.
  const [, before, inner, after] = words.match(/^(\s*)([\s\S]*?)(\s*)$/u);
  return h("span", {}, before, h(tag, { className: "diff" }, said, inner), after);
}

/** The dialog that compares any two of `versions`, newest first. */
export class Compare {
  #turn = 0;

  constructor() {
    for (const id of ["compare-older", "compare-newer"]) {
      $(id).addEventListener("change", () => this.#draw());
    }
  }

  open(versions, language, older, newer) {
    const live = versions.find((one) => one.state === "published");
    const from = older ?? live?.id ?? versions.at(-1)?.id;
    const to = newer ?? versions.find((one) => one.id !== from)?.id ?? from;
    for (const [id, chosen] of [["compare-older", from], ["compare-newer", to]]) {
      $(id).replaceChildren(
        ...versions.map((one) => h("option", { value: one.id, selected: one.id === chosen }, name(one))),
      );
    }
    $("compare-words").lang = language;
    if (!$("compare-dialog").open) $("compare-dialog").showModal();
    this.#draw();
  }

  async #draw() {
    const turn = ++this.#turn;
    try {
      const nodes = await difference($("compare-older").value, $("compare-newer").value);
      if (turn === this.#turn) $("compare-words").replaceChildren(...nodes);
    } catch (error) {
      explain(error);
    }
  }
}

function name({ id, state, at }) {
  const words = hasText(`life.state_${state}`) ? t(`life.state_${state}`) : state;
  return t("life.compare_one", { id, state: words, date: when(at) });
}
