/**
 * A place where messages look as patients see them: drawn by the widget's own code with the
 * widget's own style sheet, in a shadow tree so that neither style touches the other.
 */

import { h } from "../staff/dom.js";

const SHEETS = ["../base.css", "../widget/widget.css"];

/** Makes `place` such a window; returns the element that takes the messages. */
export function chatWindow(place, language = undefined) {
  const root = place.attachShadow({ mode: "open" });
  const messages = h("div", { className: "messages", lang: language });
  for (const sheet of SHEETS) {
    root.append(h("link", { rel: "stylesheet", href: new URL(sheet, import.meta.url).href }));
  }
  root.append(messages);
  return messages;
}
