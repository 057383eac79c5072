/** What was changed, by whom and why, with the way back; and words that differ. */

import { button, h } from "../staff/dom.js";
import { t } from "../staff/page.js";
import { when } from "../studio/words.js";
import { pathTitle, said } from "./labels.js";

const MOST_WORDS = 500;

/** One field's change in words. */
export function changeRow({ path, before, after }) {
  return h("li", {}, t("clinic.change", { field: pathTitle(path), before: said(before), after: said(after) }));
}

/** One step of the history; `back(step)` goes to how it was before. */
export function stepRow(step, back) {
  const name = step.origin === "file" ? t("clinic.by_import") : step.by;
  const time = when(step.at);
  const restore = button(
    t("clinic.restore"),
    () => back(step),
    "quiet small",
    { "aria-label": t("clinic.restore_label", { name, time }) },
  );
  return h(
    "li",
    { className: "step" },
    h("div", { className: "head-line" }, h("strong", {}, t("clinic.by", { name, time })), back ? restore : null),
    step.note ? h("p", { className: "help" }, t("clinic.why", { note: step.note })) : null,
    h("ul", {}, step.changes.map(changeRow)),
  );
}

/** The words of `after`, with those that are new marked; or of `before`, with those that go. */
export function marked(before, after, which) {
  const one = words(before);
  const other = words(after);
  if (one.length > MOST_WORDS || other.length > MOST_WORDS) return [which === "after" ? after : before];
  const kept = common(one, other);
  const [list, tag, at] = which === "after" ? [other, "ins", 1] : [one, "del", 0];
  const same = new Set(kept.map((pair) => pair[at]));
  const nodes = [];
  list.forEach((word, index) => {
    if (same.has(index)) nodes.push(word);
    else nodes.push(h(tag, {}, word));
  });
  return nodes;
}

const words = (text) => text.match(/\S+\s*/gu) ?? [];

/** The longest run of words in both, as pairs of places. */
function common(one, other) {
  const size = Array.from({ length: one.length + 1 }, () => new Uint16Array(other.length + 1));
  for (let i = one.length - 1; i >= 0; i -= 1) {
    for (let j = other.length - 1; j >= 0; j -= 1) {
      size[i][j] = one[i].trim() === other[j].trim() ? size[i + 1][j + 1] + 1 : Math.max(size[i + 1][j], size[i][j + 1]);
    }
  }
  const pairs = [];
  for (let i = 0, j = 0; i < one.length && j < other.length; ) {
    if (one[i].trim() === other[j].trim()) pairs.push([i++, j++]);
    else if (size[i + 1][j] >= size[i][j + 1]) i += 1;
    else j += 1;
  }
  return pairs;
}
