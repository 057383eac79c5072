/** A correction as patients will read it, drawn with the widget's own blocks. */

import { renderBlocks } from "../blocks.js";
import { $, h } from "../staff/dom.js";
import { t } from "../staff/page.js";
import { findingWords } from "../studio/problems.js";

export function drawPreview(lines, findings) {
  const shown = lines.length
    ? lines.map(line)
    : [h("p", { className: "help" }, t("seen.preview_empty"))];
  $("preview").replaceChildren(...shown);
  const found = findings.map((one) =>
    h("li", { className: one.blocks ? "must" : "" }, findingWords(one)),
  );
  $("preview-problems").replaceChildren(
    ...(found.length ? [h("h4", {}, t("seen.problems")), h("ul", {}, ...found)] : []),
  );
}

function line({ blocks, more, language, title }) {
  const node = h("div", { className: "preview-line", lang: language }, renderBlocks(blocks));
  if (more?.length) node.append(h("div", { className: "preview-more" }, renderBlocks(more)));
  if (title) node.append(h("p", { className: "help" }, title));
  return node;
}
