/** Where the open text stands: its state, and what may be done with it. */

import { api } from "../staff/api.js";
import { $, button, h } from "../staff/dom.js";
import { clearErrors, notify } from "../staff/notices.js";
import { page, t } from "../staff/page.js";
import { explain } from "../staff/work.js";
import { Compare, difference } from "./difference.js";
import { LifeActs } from "./life_acts.js";
import { LifeDialog } from "./life_dialog.js";
import { articlePath } from "./text.js";
import { inWords } from "./problems.js";
import { drawSteps, findingList, personName } from "./timeline.js";
import { when } from "./words.js";

const TONES = { in_review: "info", approved: "ok", published: "ok", draft: "info", archived: "warn" };
// In the order of the row; `dialog` asks first, the others act at once and can be undone.
const ACTIONS = [
  ["submit", { dialog: true, primary: true }],
  ["approve_publish", { dialog: true, primary: true, needs: "approve" }],
  ["approve", { dialog: true }],
  ["send_back", { dialog: true, required: true }],
  ["schedule", { dialog: true, time: true }],
  ["unschedule", {}],
  ["withdraw", {}],
  ["return", { primary: true }],
  ["verify", {}],
  ["archive", { dialog: true }],
];

export class Life {
  #editor;
  #shown = null;
  #life = null;
  #acts;
  #dialog = new LifeDialog((verb, said) => this.#confirmed(verb, said));
  #compare = new Compare();
  #busy = false;
  #settled = Promise.resolve();

  /** `editor` is asked to save what is typed, and to show the text again. */
  constructor(editor) {
    this.#editor = editor;
    document.addEventListener("text-shown", ({ detail }) => this.#show(detail));
    document.addEventListener("text-edited", () => this.#drawActions());
    this.#acts = new LifeActs(editor, {
      now: () => ({ slug: this.#shown.slug, life: this.#life }),
      done: (words) => this.#done(words),
      halfway: () => this.#dialog.close(),
      afterwards: (work) => this.#afterwards(work),
    });
    $("life-owner").addEventListener("change", ({ target }) =>
      this.#run(() => this.#acts.assign(target.value)),
    );
    $("compare").addEventListener("click", () => this.#openCompare());
  }

  async #show({ slug, language }) {
    this.#shown = { slug, language };
    await this.#run(() => this.#refresh(), { quiet: true });
  }

  async #refresh() {
    const { slug, language } = this.#shown;
    const life = await api("GET", `${articlePath(slug, language)}/life`);
    if (this.#shown?.slug !== slug || this.#shown.language !== language) return;
    this.#life = life;
    this.#draw();
  }

  #draw() {
    const life = this.#life;
    $("life").hidden = false;
    const state = life.plan ? "scheduled" : life.state;
    $("life-state").textContent = t(`life.state_${state}`);
    $("life-state").className = `badge ${TONES[life.state] ?? ""}`;
    this.#drawOwner();
    this.#drawWords();
    this.#drawActions();
    this.#drawChanges();
    drawSteps(life.steps, (older, newer) => this.#openCompare(older, newer));
    $("compare").hidden = life.versions.length < 2;
    $("publish").hidden = life.second_person ? life.state !== "approved" : life.state === "in_review";
  }

  #drawOwner() {
    const known = page.people.some((one) => one.id === this.#life.owner);
    const others = known || !this.#life.owner ? [] : [{ id: this.#life.owner, name: personName(this.#life.owner) }];
    $("life-owner").replaceChildren(
      ...[{ id: "", name: t("life.owner_none") }, ...page.people, ...others].map((one) =>
        h("option", { value: one.id, selected: one.id === this.#life.owner }, one.name),
      ),
    );
  }

  #drawWords() {
    const { state, authors, own, plan, second_person: second, steps, pending } = this.#life;
    const last = steps.find((one) => ["submitted", "sent_back", "blocked", "approved"].includes(one.verb));
    const words = [];
    if (plan) words.push(t("life.planned", { date: when(plan.publish_at), name: plan.by }));
    if (authors.length) words.push(t("life.written_by", { names: authors.join(", ") }));
    const reviewer = page.me.roles.includes("reviewer");
    if (second && own && reviewer && state === "in_review") words.push(t("life.own_text"));
    else if (second && state === "draft") words.push(t("life.needs_second"));
    if (pending && this.#editor.hasTyped) words.push(t("life.typed_kept"));
    const nodes = words.map((one) => h("p", { className: "help" }, one));
    if (last && last.after === state) nodes.push(...this.#lastStep(last));
    $("life-words").replaceChildren(...nodes);
  }

  #lastStep(step) {
    const values = { date: step.planned_at ? when(step.planned_at) : "" };
    const by = t("life.step_by", { name: step.by, date: when(step.at) });
    return [
      h("p", {}, h("strong", {}, t(`life.verb_${step.verb}`, values)), ` – ${by}`),
      step.comment ? h("blockquote", {}, step.comment) : null,
      step.findings.length ? findingList(step.findings) : null,
    ].filter(Boolean);
  }

  #drawActions() {
    if (!this.#life) return;
    const may = new Set(this.#life.may);
    // What is typed becomes a draft first, so it may go where a draft may.
    if (this.#editor.dirty && !this.#life.pending) {
      may.add("submit");
      if (!this.#life.second_person) may.add("schedule");
    }
    const shown = ACTIONS.filter(([verb, { needs }]) => may.has(needs ?? verb));
    $("life-actions").replaceChildren(
      ...shown.map(([verb, how]) =>
        button(
          t(`life.${verb === "schedule" && this.#life.plan ? "reschedule" : verb}`),
          () => this.#begin(verb, how),
          how.primary ? "small primary" : "small",
          { id: `life-${verb.replace("_", "-")}` },
        ),
      ),
    );
  }

  #drawChanges() {
    const { pending, live_id: live, version_id: version } = this.#life;
    $("life-changes").hidden = !pending;
    if (!pending) return;
    $("life-changes").open = true;
    $("life-difference").lang = this.#shown.language;
    if (!live) {
      $("life-difference").replaceChildren(h("p", { className: "empty" }, t("life.new_text")));
      return;
    }
    difference(live, version).then(
      (nodes) => $("life-difference").replaceChildren(...nodes),
      explain,
    );
  }

  #openCompare(older, newer) {
    this.#compare.open(this.#life.versions, this.#shown.language, older, newer);
  }

  #begin(verb, how) {
    if (!how.dialog) {
      this.#run(() => this.#acts.act(verb));
      return;
    }
    const expires = this.#life.pending?.expires_on ?? $("expires_on").value;
    this.#dialog.ask(verb, how, { ...this.#shown, expires });
  }

  #confirmed(verb, said) {
    this.#run(async () => {
      await this.#acts.act(verb, said);
      this.#dialog.done();
    });
  }

  /** An undo is never lost to a second click: it waits for what is being done. */
  async #afterwards(work) {
    await this.#settled;
    return this.#run(work);
  }

  /** Shows the text as it stands now, and says what happened. */
  async #done(text) {
    await this.#editor.again();
    await this.#refresh();
    if (text) notify(text);
  }

  #run(work, { quiet = false } = {}) {
    if (this.#busy && !quiet) return this.#settled;
    this.#settled = this.#one(work, quiet);
    return this.#settled;
  }

  async #one(work, quiet) {
    this.#busy = true;
    if (!quiet) clearErrors();
    try {
      await work();
    } catch (error) {
      if (!error.code) throw error;
      this.#refused(error);
    } finally {
      this.#busy = false;
    }
  }

  #refused(error) {
    const { field, code, winner, data } = error;
    if (field === "publish_at") this.#dialog.problem("at", error.advice);
    else if (field === "comment") this.#dialog.problem("comment", data.remedy);
    else if (data.findings?.length) {
      notify(data.findings.map((one) => inWords(one).message).join(" "), { error: true });
    } else if (code === "conflict") {
      notify(winner ? t("life.moved", { name: winner }) : error.words, { error: true });
      this.#refresh();
    } else explain(error);
  }
}
