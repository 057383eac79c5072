/** One part of the profile: its form, what is wrong with it, its history, two editors at once. */

import { api } from "../staff/api.js";
import { $, button, h } from "../staff/dom.js";
import { announce, notify, offerUndo } from "../staff/notices.js";
import { page, t } from "../staff/page.js";
import { unsent } from "../staff/unsent.js";
import { OneAtATime, explain } from "../staff/work.js";
import { tellMeanwhile } from "../studio/meanwhile.js";
import { clearProblems, problemLine } from "../studio/problems.js";
import { date, daysUntil, today } from "../studio/words.js";
import { Calendar } from "./calendar.js";
import { changeRow, stepRow } from "./changes.js";
import { fieldControl, tableControl } from "./fields.js";
import { formOf, partTitle, pathTitle } from "./labels.js";
import { merge } from "./merge.js";
import { backName, confirmBack, confirmSave, forgetNote } from "./preview.js";
import { problemWords } from "./problem_words.js";

export const OLD_DAYS = 180;
const WITH_CALENDAR = ["locations", "holidays"];
export const typedKey = (part) => `clinic.${part}`;
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** The day a part was checked; of a list the oldest; null where nobody says. */
export function checkedOn(value) {
  if (Array.isArray(value)) return value.map((row) => row.last_verified).filter(Boolean).sort()[0] ?? null;
  return value?.last_verified ?? null;
}

export class PartForm {
  #profile = null;
  #part = null;
  #form = null;
  #control = null;
  #initial = null;
  #base = null;
  #turns = new OneAtATime((error) => this.#refused(error));
  #saved;
  #touched;
  #calendar = new Calendar($("calendar"));

  /** `saved(profile)` after the profile changed; `touched()` at every edit. */
  constructor({ saved, touched }) {
    this.#saved = saved;
    this.#touched = touched;
    $("form").addEventListener("input", () => this.#edited());
    $("form").addEventListener("change", () => this.#edited());
    $("form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#run(() => this.#save(this.#control.value));
    });
    $("checked-today").addEventListener("click", () => this.#checkedToday());
    $("take-out").addEventListener("click", () => this.#run(() => this.#save(null)));
    $("reset").addEventListener("click", () => this.#reset());
  }

  get dirty() {
    return this.#part !== null && unsent.get(typedKey(this.#part)) !== null;
  }

  /** The entries that other parts name: `[[id, name], …]`. */
  named(part) {
    const value = this.#profile.parts[part];
    const rows = part === "providers" ? (value?.people ?? []) : (value ?? []);
    return rows.map(({ id, name }) => [id, name]);
  }

  changed = () => this.#edited();

  open(profile, part) {
    this.#profile = profile;
    this.#part = part;
    this.#form = formOf(part);
    $("conflict").hidden = true;
    const stored = profile.parts[part];
    this.#draw(stored);
    this.#initial = this.#control.value;
    this.#base = profile.id;
    const typed = unsent.get(typedKey(part));
    if (typed) {
      this.#draw(typed.value);
      this.#base = typed.base;
      this.#initial = typed.initial;
    }
    $("part").hidden = false;
    $("part-title").textContent = partTitle(part);
    $("part-help").textContent = page.language === "en" ? this.#form.help.replaceAll("`", "") : "";
    this.#standing();
    this.#buttons();
    this.history();
  }

  close() {
    this.#part = null;
    $("part").hidden = true;
  }

  /** Goes to a field, and lights it up for the eye. */
  focus(name) {
    const control = this.#control.find?.([name]) ?? this.#control;
    (control ?? this.#control).focus?.();
    control?.node?.scrollIntoView({ block: "center" });
  }

  async history() {
    const part = this.#part;
    const steps = await api("GET", `/api/clinic/history?part=${part}`, undefined, { background: true }).catch(() => []);
    if (part !== this.#part) return;
    $("history-empty").hidden = steps.length > 0;
    const all = await this.#all();
    $("history").replaceChildren(...steps.map((step) => stepRow(step, () => this.#run(() => this.#restore(step, all)))));
  }

  async #all() {
    return api("GET", "/api/clinic/history", undefined, { background: true }).catch(() => []);
  }

  /** Before a step: what the profile right before it said of this part. */
  async #restore(step, all) {
    const at = all.findIndex(({ id }) => id === step.id);
    const earlier = all[at + 1];
    if (!earlier) return;
    const before = this.#profile.id;
    const part = this.#part;
    const note = await confirmBack(earlier.id, part);
    if (note === null) return;
    await this.#back(earlier.id, part, note);
    forgetNote(backName(part));
    offerUndo(t("clinic.restored"), () => this.#undo(before, part));
  }

  #undo(document, part) {
    return this.#run(async () => {
      await this.#back(document, part);
      notify(t("clinic.undone"));
    });
  }

  async #back(document, part, note = "") {
    const body = { base_id: this.#profile.id, part, note };
    const profile = await api("POST", `/api/clinic/documents/${document}/restore`, body);
    this.#saved(profile);
    if (part !== this.#part) return;
    const typed = unsent.get(typedKey(part));
    this.#profile = profile;
    // What is typed and not saved was not what this was about.
    if (typed) this.#together(typed.initial, typed.value, profile.parts[part], profile.id);
    this.open(profile, part);
    this.#touched();
  }

  /** Puts what is typed on top of another value of the part; returns where both say something else. */
  #together(initial, mine, stored, base) {
    this.#draw(stored);
    const theirs = this.#control.value;
    const { value: merged, both } = merge(initial, mine, theirs);
    this.#draw(merged);
    this.#initial = theirs;
    this.#base = base;
    this.#edited();
    return both;
  }

  #draw(value) {
    this.#control = this.#form.list
      ? fieldControl({ kind: "rows", name: this.#part, fields: this.#form.fields, required: true }, [this.#part], value, this)
      : tableControl(this.#form.fields, [this.#part], value, this);
    $("fields").replaceChildren(this.#control.node);
    $("form-problem").replaceChildren();
    this.#drawCalendar();
  }

  #drawCalendar() {
    const shown = WITH_CALENDAR.includes(this.#part);
    $("calendar-panel").hidden = !shown;
    if (!shown) return;
    const holidays = this.#part === "holidays";
    const parts = { locations: this.#profile.parts.locations, holidays: this.#profile.parts.holidays ?? [] };
    parts[this.#part] = this.#control.value;
    $("calendar-help").textContent = t(holidays ? "clinic.calendar_holidays" : "clinic.calendar_sites");
    this.#calendar.show(parts, holidays ? (day) => this.#pickDay(day) : null);
  }

  #pickDay(day) {
    const at = this.#control.value.findIndex((row) => row.date === day);
    const row = at >= 0 ? this.#control.rows[at] : this.#control.start({ date: day });
    row.node.scrollIntoView({ block: "center" });
    (row.find(["name"]) ?? row).focus();
  }

  #edited() {
    const value = this.#control.value;
    const changed = !same(value, this.#initial);
    unsent.set(typedKey(this.#part), changed ? { value, base: this.#base, initial: this.#initial } : null);
    this.#buttons();
    this.#drawCalendar();
    this.#touched();
  }

  #buttons() {
    $("unsaved").hidden = !this.dirty;
    $("reset").hidden = !this.dirty;
    $("save").disabled = !this.dirty;
    const stated = this.#profile.parts[this.#part] !== undefined;
    $("take-out").hidden = this.#form.required || !stated || this.#form.list;
    $("checked-today").hidden = !this.#dated.length;
  }

  get #dated() {
    if (!this.#form.list) return [this.#control.controls.get("last_verified")].filter(Boolean);
    return this.#control.rows.map((row) => row.find(["last_verified"])).filter(Boolean);
  }

  #checkedToday() {
    for (const control of this.#dated) control.inputs[0].value = today();
    announce(t("clinic.checked_set"));
    this.#edited();
    $("save").focus();
  }

  #standing() {
    const day = checkedOn(this.#profile.parts[this.#part]);
    const old = day && -daysUntil(day) > OLD_DAYS;
    $("part-checked").hidden = !day;
    $("part-checked").className = old ? "badge warn" : "badge ok";
    $("part-checked").textContent = day ? t(old ? "clinic.checked_old" : "clinic.checked", { date: date(day) }) : "";
  }

  /** What is typed goes, and can be put back. */
  #reset() {
    const part = this.#part;
    const typed = unsent.get(typedKey(part));
    unsent.set(typedKey(part), null);
    this.open(this.#profile, part);
    this.#touched();
    offerUndo(t("clinic.reset_done"), () => {
      unsent.set(typedKey(part), typed);
      if (part === this.#part) this.open(this.#profile, part);
      this.#touched();
    });
    $("part-title").focus();
  }

  #run(act) {
    return this.#turns.run(() => {
      clearProblems($("part"));
      return act();
    });
  }

  #refused(error) {
    if (error.data.problems) this.#show(error.data.problems);
    else if (error.data.changes) this.#conflict(error);
    else explain(error);
  }

  async #save(value) {
    const part = this.#part;
    const note = await confirmSave(part, value);
    if (note === null) {
      $("save").focus();
      return;
    }
    const before = this.#profile.id;
    const base = this.#base;
    $("save").textContent = t("clinic.saving");
    const body = { value, note, base_id: base };
    const profile = await api("PUT", `/api/clinic/parts/${part}`, body).finally(() => {
      $("save").textContent = t("clinic.save");
    });
    unsent.set(typedKey(part), null);
    forgetNote(part);
    this.#took(profile, part);
    const done = value === null ? t("clinic.taken_out") : t("clinic.saved");
    // Only what this one step did is undone; with others' steps in between the history has the way.
    if (before === base) offerUndo(done, () => this.#undo(before, part));
    else notify(done);
    $("part-title").focus();
  }

  #took(profile, part) {
    this.#saved(profile);
    if (part === this.#part) this.open(profile, part);
  }

  /** Every problem at its field; the keyboard goes to the first. */
  #show(problems) {
    let first = null;
    for (const problem of problems) {
      const control = this.#control.find(problem.path.slice(1)) ?? null;
      const place = control?.place ?? $("form-problem");
      if (place.children.length) continue;
      place.append(problemLine(problemWords(problem, control?.field)));
      for (const input of control?.inputs ?? []) input.setAttribute("aria-invalid", "true");
      first ??= control;
    }
    const count = problems.length;
    notify(count === 1 ? t("clinic.problem_count_one") : t("clinic.problem_count_many", { count }), { error: true });
    first?.focus?.();
  }

  /** Another editor was first: theirs where nothing was typed here, and both are told apart. */
  #conflict({ winner, data }) {
    this.#profile = { ...this.#profile, id: data.live_id, parts: { ...this.#profile.parts, [this.#part]: data.value ?? undefined } };
    const both = this.#together(this.#initial, this.#control.value, data.value, data.live_id);
    const take = () => this.#reset();
    const go = () => {
      $("conflict").hidden = true;
      this.#control.focus?.();
    };
    const fields = both.map((path) => pathTitle([this.#part, ...path])).join(", ");
    const content = [
      h("h3", {}, t("clinic.conflict_title", { name: winner })),
      h("p", {}, t("clinic.conflict_text")),
      h("ul", {}, data.changes.map(changeRow)),
      fields ? h("p", {}, t("clinic.conflict_both", { fields })) : null,
    ];
    const ways = [
      button(t("clinic.conflict_ok"), go),
      button(t("clinic.conflict_theirs"), take, "quiet"),
    ];
    tellMeanwhile($("conflict"), content, ways);
  }
}
