/** Where the open text stands: its state, what may be done with it, and the dialogs for that. */

import { api } from "../staff/api.js";
import { $, button, h } from "../staff/dom.js";
import { clearErrors, notify, offerUndo } from "../staff/notices.js";
import { page, t } from "../staff/page.js";
import { kept } from "../staff/session.js";
import { explain } from "../staff/work.js";
import { actOn, undoActs } from "./acts.js";
import { Compare, difference } from "./difference.js";
import { drawSteps, findingList, personName } from "./timeline.js";
import { date, when } from "./words.js";

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
  #asked = null;
  #compare = new Compare();
  #busy = false;
  #settled = Promise.resolve();

  /** `editor` is asked to save what is typed, and to show the text again. */
  constructor(editor) {
    this.#editor = editor;
    document.addEventListener("text-shown", ({ detail }) => this.#show(detail));
    document.addEventListener("text-edited", () => this.#drawActions());
    $("life-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#confirm();
    });
    $("life-comment").addEventListener("input", () => this.#keepComment());
    $("life-owner").addEventListener("change", () => this.#run(() => this.#assign()));
    $("compare").addEventListener("click", () => this.#openCompare());
  }

  async #show({ slug, language }) {
    this.#shown = { slug, language };
    await this.#run(() => this.#refresh(), { quiet: true });
  }

  async #refresh() {
    const { slug, language } = this.#shown;
    const life = await api("GET", `/api/articles/${encodeURIComponent(slug)}/${language}/life`);
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
          how.primary ? "primary" : "",
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

  // --- doing

  #begin(verb, how) {
    if (!how.dialog) {
      this.#run(() => this.#act(verb));
      return;
    }
    this.#asked = { verb, how };
    $("life-dialog-title").textContent = t(`life.${verb}`).replace("…", "");
    const expires = this.#life.pending?.expires_on ?? $("expires_on").value;
    const help = verb === "approve_publish" ? "life.approve_help" : `life.${verb}_help`;
    const expiry = how.time && expires ? ` ${t("life.schedule_expiry", { date: date(expires) })}` : "";
    $("life-dialog-help").textContent = `${t(help)}${expiry}`;
    $("life-comment-label").textContent = t(how.required ? "life.comment_why" : "life.comment_optional");
    $("life-comment").value = kept.get(this.#commentKey) ?? "";
    $("life-at-group").hidden = !how.time;
    $("life-confirm").textContent = t(`life.${verb}_confirm`);
    this.#problem(null);
    $("life-dialog").showModal();
  }

  get #commentKey() {
    return `life.${this.#shown.slug}.${this.#shown.language}.${this.#asked.verb}`;
  }

  #keepComment() {
    kept.set(this.#commentKey, $("life-comment").value || null);
  }

  async #confirm() {
    const { verb, how } = this.#asked;
    const comment = $("life-comment").value.trim();
    this.#problem(null);
    if (how.required && !comment) return this.#problem("comment", t("life.needed"));
    if (how.time && !$("life-at").value) return this.#problem("at", t("life.needed"));
    return this.#run(async () => {
      await this.#act(verb, comment);
      kept.set(this.#commentKey, null);
      $("life-dialog").close();
    });
  }

  #problem(name, text = "") {
    for (const one of ["at", "comment"]) {
      const here = one === name;
      $(`life-${one}-problem`).textContent = here ? text : "";
      $(`life-${one}`).toggleAttribute("aria-invalid", here);
      if (here) $(`life-${one}`).focus();
    }
  }

  async #act(verb, comment = "") {
    if (["verify", "archive"].includes(verb)) return this.#air(verb);
    if (verb === "return") {
      await api("POST", `/api/articles/${encodeURIComponent(this.#shown.slug)}/return`, {});
      return this.#done(t("life.returned"));
    }
    // What is typed becomes a draft first; what is on its way has nothing typed.
    const fresh = ["submit", "schedule"].includes(verb) && !this.#life.pending;
    const id = fresh ? await this.#editor.kept() : this.#life.version_id;
    const path = `/api/versions/${id}`;
    if (verb === "schedule") {
      const at = $("life-at").value;
      await api("PUT", `${path}/plan`, { publish_at: at, note: comment.slice(0, 400) });
      await this.#done(null);
      return notify(t("life.scheduled", { date: when(this.#life.plan.publish_at) }));
    }
    if (verb === "unschedule") {
      await api("DELETE", `${path}/plan`);
      return this.#done(t("life.unscheduled"));
    }
    if (verb === "approve_publish") {
      await api("POST", `${path}/approve`, { comment });
      await this.#publish(path, comment);
      return this.#done(t("life.approved_published"));
    }
    const words = { submit: "submitted", withdraw: "withdrawn", approve: "approved", send_back: "sent_back" };
    await api("POST", `${path}/${verb.replace("_", "-")}`, { comment });
    return this.#done(t(`life.${words[verb]}`));
  }

  /** Approved it is, whatever the checks say of publishing it: the page shows both. */
  async #publish(path, comment) {
    try {
      await api("POST", `${path}/publish`, { note: comment.slice(0, 400) });
    } catch (error) {
      if (!error.code) throw error;
      $("life-dialog").close();
      await this.#done(t("life.approved"));
      throw error;
    }
  }

  async #air(verb) {
    let refused = null;
    const told = ({ left }) => {
      [refused] = Object.values(left);
    };
    const batch = await actOn([this.#shown.slug], verb, { told });
    if (refused) notify(refused, { error: true });
    await this.#done(null);
    if (refused) return;
    const live = this.#editor.live;
    const text = verb === "verify" ? t("life.verified", { date: date(live.expires_on) }) : t("life.archived");
    offerUndo(text, () => this.#undo(batch));
  }

  async #assign() {
    const owner = $("life-owner").value;
    const batch = await actOn([this.#shown.slug], "owner", { more: { owner } });
    await this.#done(null);
    offerUndo(t("life.owner_set", { name: personName(owner) }), () => this.#undo(batch));
  }

  /** After what is being done: an undo is never lost to a second click. */
  async #undo(batch) {
    await this.#settled;
    return this.#run(async () => {
      await this.#done(await undoActs(batch));
    });
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
    if (error.field === "publish_at") return this.#problem("at", error.advice);
    if (error.field === "comment") return this.#problem("comment", error.data.remedy);
    if (error.data.findings?.length) {
      notify(error.data.findings.map((one) => one.message).join(" "), { error: true });
      return null;
    }
    const moved = error.code === "conflict" && error.winner;
    notify(moved ? t("life.moved", { name: error.winner }) : error.words, { error: true });
    if (error.code === "conflict") this.#refresh();
    return null;
  }
}
