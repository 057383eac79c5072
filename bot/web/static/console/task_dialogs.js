/** What is asked about a task: how it ended, when it comes back, who does it. */

import { $, h } from "../staff/dom.js";
import { t } from "../staff/page.js";
import { dayOf } from "../staff/words.js";

const MINUTE = 60_000;
const TIMES = {
  hour: () => new Date(Date.now() + 60 * MINUTE),
  tomorrow,
  week: () => new Date(Date.now() + 7 * 24 * 60 * MINUTE),
  other: () => new Date($("task-at").value),
};

export class TaskDialogs {
  #answer = () => {};

  constructor() {
    for (const name of ["outcome", "time", "owner"]) {
      const dialog = $(`task-${name}-dialog`);
      dialog.addEventListener("close", () => this.#answer(null));
      dialog.querySelector("form").addEventListener("submit", (event) => {
        const value = this.#chosen(name, new FormData(event.target));
        if (value === undefined) event.preventDefault();
        else this.#answer(value);
      });
    }
    $("task-at").addEventListener("input", () => {
      $("task-time-dialog").querySelector("[value=other]").checked = true;
    });
  }

  /** The outcome, or null when it was thought better of. */
  outcome() {
    return this.#ask("outcome");
  }

  /** A time as the server reads it. Nights are moved by the server. */
  time() {
    return this.#ask("time");
  }

  /** One of `owners`, or nobody as `{id: null}`. */
  owner(owners, current) {
    const nobody = { id: null, name: t("console.task_give_nobody") };
    const options = [nobody, ...owners].map((one) =>
      h("option", { value: one.id ?? "", selected: one.id === current }, one.name),
    );
    $("task-owner").replaceChildren(...options);
    return this.#ask("owner");
  }

  #ask(name) {
    return new Promise((resolve) => {
      this.#answer = (value) => {
        this.#answer = () => {};
        resolve(value);
      };
      $(`task-${name}-dialog`).showModal();
    });
  }

  #chosen(name, form) {
    if (name === "outcome") return form.get("outcome");
    if (name === "owner") {
      const { value, label } = $("task-owner").selectedOptions[0];
      return { id: value || null, name: label };
    }
    const time = TIMES[form.get("when")]();
    if (!Number.isNaN(time.valueOf())) return time.toISOString();
    $("task-at").focus();
    return undefined;
  }
}

/** The first quarter of an hour of the clinic's next day: the server moves it to the opening. */
function tomorrow() {
  const today = dayOf(new Date());
  let time = Date.now();
  while (dayOf(time) === today) time += 15 * MINUTE;
  return new Date(time);
}
