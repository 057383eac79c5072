/** What is done to many articles at once: in pieces with progress, and undone as one. */

import { $, h, newId } from "../staff/dom.js";
import { announce, clearErrors, notify, offerUndo } from "../staff/notices.js";
import { page, t } from "../staff/page.js";
import { explain } from "../staff/work.js";
import { actOn, undoActs } from "./acts.js";

const ASKED_FIRST = new Set(["archive", "verify"]);

export class Bulk {
  #picked = new Set();
  #total = 0;
  #hooks;
  #turn = Promise.resolve();

  /** `changed()` reads the list again, `everything()` names all that fits, `drawn()` draws it. */
  constructor(hooks) {
    this.#hooks = hooks;
    $("pick-all").addEventListener("click", () => this.#safely(() => this.#pickAll()));
    $("pick-none").addEventListener("click", () => this.#pickNone());
    $("bulk-act").addEventListener("change", () => this.#drawOwner());
    $("bulk-run").addEventListener("click", () => this.#ask());
    $("bulk-form").addEventListener("submit", () => this.#safely(() => this.#run()));
    $("bulk-owner").append(
      h("option", { value: "" }, t("life.owner_none")),
      ...page.people.map((one) => h("option", { value: one.id }, one.name)),
    );
    this.#drawOwner();
  }

  has(slug) {
    return this.#picked.has(slug);
  }

  pick(slug, picked) {
    if (picked) this.#picked.add(slug);
    else this.#picked.delete(slug);
    this.draw(this.#total);
  }

  draw(total) {
    this.#total = total;
    const count = this.#picked.size;
    $("bulk").hidden = count === 0;
    $("bulk-count").textContent = t("life.selected", { count });
    $("pick-all").textContent = t("life.select_all", { count: total });
    $("pick-all").hidden = count >= total;
  }

  async #pickAll() {
    for (const slug of await this.#hooks.everything()) this.#picked.add(slug);
    this.#hooks.drawn();
    announce(t("life.selected", { count: this.#picked.size }));
  }

  #pickNone() {
    this.#picked.clear();
    this.#hooks.drawn();
    $("search").focus();
  }

  #drawOwner() {
    $("bulk-owner-group").hidden = $("bulk-act").value !== "owner";
  }

  #ask() {
    const act = $("bulk-act").value;
    const count = this.#picked.size;
    if (!ASKED_FIRST.has(act)) {
      this.#safely(() => this.#run());
      return;
    }
    $("bulk-title").textContent = t(`life.${act}_many`, { count });
    $("bulk-help").textContent = t(act === "archive" ? "life.archive_help" : "life.verify_many_help");
    $("bulk-confirm").textContent = t(`life.act_${act}`);
    $("bulk-dialog").showModal();
  }

  async #run() {
    const act = $("bulk-act").value;
    const owner = act === "owner" ? $("bulk-owner").value : "";
    const slugs = [...this.#picked];
    const batch = newId();
    const done = [];
    const left = {};
    try {
      const told = (piece) => {
        done.push(...piece.done);
        Object.assign(left, piece.left);
        const values = { done: piece.at, count: slugs.length };
        $("bulk-count").textContent = t("life.act_progress", values);
      };
      await actOn(slugs, act, { batch, more: { owner }, told });
      this.#picked = new Set(Object.keys(left));
    } finally {
      // Also when the line broke half-way: what was done is said, and can be undone.
      if (done.length || Object.keys(left).length) this.#tell(done.length, left, batch);
      await this.#hooks.changed();
    }
  }

  #tell(count, left, batch) {
    const reasons = Object.values(left);
    const named = [...new Set(reasons)].map((why) => t(`life.left_${why}`));
    const values = { count, left: reasons.length, reason: named.join("; ") };
    const text = reasons.length ? t("life.act_left", values) : t("life.act_done", values);
    if (count) offerUndo(text, () => this.#safely(() => this.#undo(batch)));
    else notify(text);
  }

  async #undo(batch) {
    notify(await undoActs(batch));
    await this.#hooks.changed();
  }

  /** One thing after the other, so that an undo is never lost; what is refused is said. */
  #safely(work) {
    this.#turn = this.#turn.then(() => this.#one(work));
    return this.#turn;
  }

  async #one(work) {
    clearErrors();
    try {
      await work();
    } catch (error) {
      explain(error);
    }
  }
}
