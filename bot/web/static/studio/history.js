/** The published texts of one language, newest first, each one click from being live again. */

import { $, button, h, reconcile } from "../staff/dom.js";
import { t } from "../staff/page.js";
import { when } from "./words.js";

/** Draws the versions; `restore(version)` is called when one is chosen. */
export function drawHistory({ live, history }, language, restore) {
  $("history-empty").hidden = history.length > 0;
  reconcile($("history"), history, {
    key: (version) => `${version.id}-${version.id === live?.id}`,
    create: (version) => row(version, version.id === live?.id, language, restore),
  });
}

/** A version's words, as written. */
export function versionWords(version) {
  return [
    h("p", {}, h("strong", {}, version.title)),
    h("p", { className: "as-written" }, version.lead),
    version.more ? h("p", { className: "as-written" }, version.more) : null,
  ].filter(Boolean);
}

function row(version, isLive, language, restore) {
  const words = h("div", { className: "version-words", lang: language, hidden: true });
  const turn = () => {
    words.hidden = !words.hidden;
    if (!words.hidden) words.replaceChildren(...versionWords(version));
    toggle.setAttribute("aria-expanded", String(!words.hidden));
    toggle.textContent = t(words.hidden ? "studio.show_version" : "studio.hide_version");
  };
  const toggle = button(t("studio.show_version"), turn, "small quiet", { "aria-expanded": "false" });
  const back = button(t("studio.restore"), () => restore(version), "small");
  return h(
    "li",
    { className: "version" },
    h(
      "div",
      { className: "version-head" },
      h("strong", {}, t("studio.version", { id: version.id })),
      isLive ? h("span", { className: "badge ok" }, t("studio.live_now")) : null,
      h("span", { className: "by" }, by(version)),
      toggle,
      h("a", { className: "button small quiet", href: `/studio/seen/${version.id}` }, t("studio.seen_link")),
      isLive ? null : back,
    ),
    version.note ? h("p", { className: "version-note" }, version.note) : null,
    words,
  );
}

function by(version) {
  if (!version.published_at) return "";
  const name = version.published_by || t("studio.by_import");
  return t("studio.by_on", { name, date: when(version.published_at) });
}
