/** Follow-up tasks in the list: what is due, what is planned, what was done today. */

import { api } from "../staff/api.js";
import { $, button, h, icon, reconcile } from "../staff/dom.js";
import { announce, notify, offerUndo } from "../staff/notices.js";
import { hasText, t } from "../staff/page.js";
import { at } from "../staff/words.js";
import { explain } from "../staff/work.js";
import { languageBadge } from "./queue.js";
import { TaskDialogs } from "./task_dialogs.js";
import { reason } from "./words.js";

const EVERY_MS = 30_000;
const LATE_SECONDS = 15 * 60;

export class FollowUps {
  #open;
  #dialogs = new TaskDialogs();
  #parts = { due: [], planned: [], done: [] };
  #known = null;

  /** `open(conversationId)` is called when a task's conversation is chosen. */
  constructor(open) {
    this.#open = open;
    setInterval(() => this.refresh(), EVERY_MS);
    this.refresh();
  }

  /** Reads the tasks again. */
  async refresh() {
    try {
      this.#parts = await api("GET", "/api/follow-ups", undefined, { background: true });
    } catch (error) {
      explain(error, { background: true });
      return;
    }
    this.#tellNew();
    this.#draw();
  }

  #draw() {
    const { due, planned, done } = this.#parts;
    $("count-tasks").textContent = due.length || "";
    $("empty-tasks").hidden = due.length > 0;
    this.#list("items-tasks", due, (task) => this.#actions(task));
    for (const [name, tasks] of Object.entries({ planned, done })) {
      $(`tasks-${name}`).hidden = !tasks.length;
      $(`count-${name}`).textContent = tasks.length || "";
    }
    this.#list("items-planned", planned, (task) => this.#actions(task));
    this.#list("items-done", done, (task) => [
      action("task_undo", task, () => this.#reopen(task)),
    ]);
  }

  #list(id, tasks, actions) {
    reconcile($(id), tasks, {
      key: (task) => task.id,
      create: () => h("li", { className: "task" }),
      update: (node, task) => {
        const late = Math.min(Math.floor(task.overdue_seconds / LATE_SECONDS), 1);
        const now = JSON.stringify({ ...task, overdue_seconds: task.overdue_seconds > 0, late });
        // A list that is drawn anew under somebody's finger loses it.
        if (node.dataset.drawn === now) return;
        const focused = node.contains(document.activeElement);
        node.dataset.drawn = now;
        node.replaceChildren(this.#card(task), h("div", { className: "task-actions" }, actions(task)));
        if (focused) node.querySelector("button").focus();
      },
    });
  }

  #card(task) {
    return h(
      "button",
      {
        type: "button",
        className: `item ${task.overdue_seconds ? "high" : ""}`,
        on: { click: () => this.#open(task.conversation_id) },
      },
      h("span", { className: "badges" }, badges(task)),
      h("span", { className: "question" }, words(task)),
      h("span", { className: "facts" }, facts(task)),
    );
  }

  #actions(task) {
    return [
      action("task_done", task, () => this.#finish(task)),
      action("task_later", task, () => this.#later(task)),
      task.mine ? null : action("task_take", task, () => this.#take(task)),
      action("task_give", task, () => this.#give(task)),
    ].filter(Boolean);
  }

  async #finish(task) {
    const outcome = await this.#dialogs.outcome();
    if (!outcome) return;
    const undo = () => this.#reopen(task);
    await this.#do(`${task.id}/done`, { outcome }, () => t("console.task_saved_done"), undo);
  }

  async #reopen(task) {
    await this.#do(`${task.id}/reopen`, {}, () => t("console.task_undone"));
  }

  async #later(task) {
    const dueAt = await this.#dialogs.time();
    if (!dueAt) return;
    await this.#move(task, { due_at: dueAt, owner_id: task.owner_id }, (answer) =>
      t("console.task_saved_moved", { time: answer.due_said }),
    );
  }

  async #take(task) {
    const me = (await this.#owners()).find((one) => one.me);
    if (me) await this.#give(task, me);
  }

  async #give(task, chosen) {
    const owner = chosen ?? (await this.#dialogs.owner(await this.#owners(), task.owner_id));
    if (!owner) return;
    const body = { due_at: task.due_at, owner_id: owner.id, as_it_was: true };
    await this.#move(task, body, () =>
      owner.id ? t("console.task_saved_given", owner) : t("console.task_saved_nobody"),
    );
  }

  async #owners() {
    try {
      return await api("GET", "/api/follow-ups/owners");
    } catch (error) {
      explain(error);
      return [];
    }
  }

  /** The server answers with how it was: that is the way back. */
  async #move(task, body, said) {
    const back = (answer) =>
      this.#do(`${task.id}/move`, { ...answer.before, as_it_was: true }, () =>
        t("console.task_undone"),
      );
    await this.#do(`${task.id}/move`, body, said, back);
  }

  async #do(path, body, said, undo = null) {
    try {
      const answer = await api("POST", `/api/follow-ups/${path}`, body);
      if (undo) offerUndo(said(answer), () => undo(answer));
      else notify(said(answer));
    } catch (error) {
      explain(error);
    }
    await this.refresh();
  }

  #tellNew() {
    const ids = this.#parts.due.map(({ id }) => id);
    if (this.#known && ids.some((id) => !this.#known.has(id))) announce(t("console.tasks_new"));
    this.#known = new Set(ids);
  }
}

function action(name, task, run) {
  const label = t(`console.${name}`);
  return button(label, run, "quiet", { "aria-label": `${label} ${kind(task)}` });
}

function kind({ kind: code }) {
  return t(`console.task_${code}`);
}

function badges(task) {
  const made = [h("span", { className: "badge info" }, kind(task))];
  if (task.state !== "done") {
    const late = task.overdue_seconds > LATE_SECONDS;
    const time = at(task.due_at);
    const text = t(late ? "console.task_overdue" : "console.task_due", { time });
    const tone = task.overdue_seconds ? "warn" : "";
    made.push(h("span", { className: `badge due ${tone}` }, icon("clock"), text));
  }
  return [...made, languageBadge(task.language)];
}

function words(task) {
  const { about, score } = task.detail;
  const rated = score ? t(`console.task_rated_${about}`, { score }) : null;
  const said = [rated, task.note, rated ? null : task.question].filter(Boolean);
  return said.join(". ") || (task.reason ? reason(task.reason) : t("console.task_open"));
}

function facts(task) {
  if (task.state === "done") {
    const name = task.done_by ?? t("console.task_outcome_somebody");
    const key = `console.task_outcome_${task.outcome}`;
    const outcome = hasText(key) ? t(key) : t("console.task_outcome_other");
    return `${t("console.task_was_done", { outcome, name })} · ${at(task.done_at)}`;
  }
  const owner = task.owner_name ? t("console.task_owner", { name: task.owner_name }) : null;
  const whose = task.mine ? t("console.task_mine") : (owner ?? t("console.task_nobody"));
  return task.created_by
    ? `${whose} · ${t("console.task_by", { name: task.created_by })}`
    : whose;
}
