/** The dialog that asks before a text goes on its way: for a comment, and for the time. */

import { $ } from "../staff/dom.js";
import { t } from "../staff/page.js";
import { unsent } from "../staff/unsent.js";
import { date } from "./words.js";

export class LifeDialog {
  #asked = null;

  /** `confirmed(verb, {comment, at})` is called when all that is needed was said. */
  constructor(confirmed) {
    $("life-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#confirm(confirmed);
    });
    $("life-comment").addEventListener("input", () => {
      unsent.set(this.#asked.key, $("life-comment").value || null);
    });
  }

  /**
   * Asks for what `verb` needs: a comment (`required` or not), a `time`. What was typed before of
   * this text comes back. `expires` is the day until which the text is good.
   */
  ask(verb, { required = false, time = false }, { slug, language, expires }) {
    this.#asked = { verb, required, time, key: `life.${slug}.${language}.${verb}` };
    const help = verb === "approve_publish" ? "life.approve_help" : `life.${verb}_help`;
    const expiry = time && expires ? ` ${t("life.schedule_expiry", { date: date(expires) })}` : "";
    $("life-dialog-title").textContent = t(`life.${verb}`).replace("…", "");
    $("life-dialog-help").textContent = `${t(help)}${expiry}`;
    $("life-comment-label").textContent = t(required ? "life.comment_why" : "life.comment_optional");
    $("life-comment").value = unsent.get(this.#asked.key) ?? "";
    $("life-at-group").hidden = !time;
    $("life-confirm").textContent = t(`life.${verb}_confirm`);
    this.problem(null);
    $("life-dialog").showModal();
  }

  /** It was done: the comment need not be kept any more. */
  done() {
    unsent.set(this.#asked.key, null);
    this.close();
  }

  close() {
    $("life-dialog").close();
  }

  /** Says what is wrong with the field `name`, "at" or "comment", and goes there. */
  problem(name, text = "") {
    for (const one of ["at", "comment"]) {
      const here = one === name;
      $(`life-${one}-problem`).textContent = here ? text : "";
      $(`life-${one}`).toggleAttribute("aria-invalid", here);
      if (here) $(`life-${one}`).focus();
    }
  }

  #confirm(confirmed) {
    const { verb, required, time } = this.#asked;
    const comment = $("life-comment").value.trim();
    const at = $("life-at").value;
    this.problem(null);
    if (required && !comment) this.problem("comment", t("life.needed"));
    else if (time && !at) this.problem("at", t("life.needed"));
    else confirmed(verb, { comment, at });
  }
}
