/** Somebody else saved, published or discarded this text meanwhile: said, and put together. */

import { $, button, h, icon } from "../staff/dom.js";
import { t } from "../staff/page.js";
import { explain } from "../staff/work.js";
import { mergeTexts } from "./merge.js";
import { only } from "./values.js";

export class Conflict {
  #state;
  #banner = null;

  /** `state()` is what putting together starts from, and how it goes on. */
  constructor(state) {
    this.#state = state;
  }

  /** Says it, above the text; typing can go on meanwhile. */
  show(error) {
    this.forget();
    const name = error.winner;
    const merge = button(t("editor.merge_open"), () => this.#merge(), "primary");
    this.#banner = h(
      "div",
      { className: "banner danger", role: "alert", id: "conflict" },
      icon("alert"),
      h(
        "div",
        {},
        h("p", {}, h("strong", {}, name ? t("editor.conflict", { name }) : t("editor.conflict_gone"))),
        h("p", {}, t("editor.conflict_help")),
      ),
      h("div", { className: "banner-actions" }, merge),
    );
    $("banners").prepend(this.#banner);
    this.#banner.scrollIntoView({ block: "nearest" });
  }

  forget() {
    this.#banner?.remove();
    this.#banner = null;
  }

  async #merge() {
    const state = this.#state();
    try {
      const { article, live, draft } = await state.read();
      const published = (live?.id ?? null) !== state.before;
      const version = published ? live : (draft ?? live);
      const theirs = only(version ?? {});
      const name = published
        ? (live?.published_by ?? t("studio.by_import"))
        : (draft?.saved_by ?? t("editor.merge_somebody"));
      // Nothing of theirs is left when the draft was thrown away: mine goes on from what is live.
      const base = !published && !draft ? theirs : state.base;
      const merged = await mergeTexts({ ...state, base, theirs, name });
      if (!merged) return;
      this.forget();
      state.done(article, theirs, merged);
    } catch (error) {
      explain(error);
    }
  }
}
