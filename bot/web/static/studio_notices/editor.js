/** One notice: written, checked, sent on, told to patients, taken back. */

import { api } from "../staff/api.js";
import { $, button, h } from "../staff/dom.js";
import { notify, offerUndo } from "../staff/notices.js";
import { page, t } from "../staff/page.js";
import { unsent } from "../staff/unsent.js";
import { OneAtATime, explain } from "../staff/work.js";
import { tellMeanwhile } from "../studio/meanwhile.js";
import { when } from "../studio/words.js";
import { drawCases, drawHistory } from "./beside.js";
import { EMPTY, FIELDS, NoticeForm } from "./form.js";
import { NoticePreview } from "./preview.js";
import { topicTitle } from "./topics.js";
import { badges, period, told, wall } from "./words.js";

const key = (id) => `notice.${id ?? "new"}`;
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

export class NoticeEditor {
  #notice = null;
  #id = null;
  #seen = null;
  #turns = new OneAtATime((error) => this.#refused(error));
  #form = new NoticeForm(() => this.#edited());
  #preview = new NoticePreview();

  constructor() {
    $("form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#run(async () => {
        if (await this.#save()) notify(t("notices.saved"));
      });
    });
    $("submit").addEventListener("click", () => this.#run(() => this.#submit()));
    $("publish").addEventListener("click", () => this.#run(() => this.#publish()));
    $("take-back").addEventListener("click", () => this.#run(() => this.#takeBack()));
    $("discard").addEventListener("click", () => this.#run(() => this.#discard()));
  }

  /** Whether leaving the page would leave something behind. */
  get dirty() {
    return !$("editor").hidden && this.#typed;
  }

  get #typed() {
    return unsent.get(key(this.#id)) !== null;
  }

  close() {
    this.#id = null;
    this.#notice = null;
  }

  /** Shows a notice, or an empty one, with what was typed and not saved in this tab. */
  async open(id) {
    const notice = id === null ? null : await api("GET", `/api/notices/${id}`);
    this.#id = id;
    this.#notice = notice;
    const typed = unsent.get(key(id));
    this.#seen = typed ? typed.seen : (this.#notice?.head.id ?? null);
    $("conflict").hidden = true;
    this.#form.clear();
    this.#form.values = typed?.values ?? this.#saved;
    this.#draw();
  }

  get #saved() {
    return this.#notice ? pick(this.#notice.head) : EMPTY;
  }

  #edited() {
    const values = this.#form.values;
    const changed = !same(values, this.#saved);
    unsent.set(key(this.#id), changed ? { values, seen: this.#seen } : null);
    this.#preview.show(values);
    this.#buttons();
  }

  #draw() {
    const notice = this.#notice;
    $("editor-title").textContent = t(notice ? "notices.edit_title" : "notices.new_title");
    $("badges").replaceChildren(...(notice ? badges(notice) : []));
    $("standing").textContent = notice ? [period(notice.head), told(notice.told)].join(" · ") : "";
    this.#preview.show(this.#form.values);
    this.#buttons();
    drawHistory(notice?.history ?? [], notice?.live?.id);
    if (notice) drawCases(notice).catch(() => {});
    else $("cases-panel").hidden = true;
  }

  #buttons() {
    const notice = this.#notice;
    const dirty = this.#typed;
    const newer = dirty || !notice || notice.head.id !== notice.live?.id;
    $("unsaved").hidden = !dirty;
    $("save").disabled = !dirty;
    $("submit").hidden = !newer || page.publishes || (notice?.stage === "in_review" && !dirty);
    $("publish").hidden = !newer || !page.publishes;
    $("publish-not").hidden = page.publishes || !newer;
    $("take-back").hidden = !notice?.live;
    $("discard").hidden = !notice || notice.history.some((one) => one.published_at);
  }

  /** One thing at a time; what goes wrong is said, and nothing typed is lost. */
  #run(act) {
    return this.#turns.run(async () => {
      $("form").setAttribute("aria-busy", "true");
      try {
        await act();
      } finally {
        $("form").removeAttribute("aria-busy");
      }
    });
  }

  async #refused(error) {
    if (error.data.findings) this.#form.show(error.data.findings);
    else if (error.code === "conflict") await this.#conflict(error);
    else explain(error);
  }

  /** Keeps what is typed; false when a field is not finished. */
  async #save() {
    const unfinished = this.#form.unfinished;
    if (unfinished.length) {
      this.#form.show(unfinished.map((field) => ({ field, rule: "time", values: {}, blocks: true })));
      return false;
    }
    if (!this.#typed && this.#notice) return true;
    const body = { ...this.#form.values, seen_id: this.#seen };
    const id = this.#id;
    const saved = id === null
      ? await api("POST", "/api/notices", body)
      : await api("PUT", `/api/notices/${id}`, body);
    unsent.set(key(id), null);
    await this.#show(saved.id);
    return true;
  }

  /** Reads it again and shows how it stands, without moving the focus. */
  async #show(id) {
    this.#notice = await api("GET", `/api/notices/${id}`);
    this.#id = id;
    this.#seen = this.#notice.head.id;
    $("conflict").hidden = true;
    this.#form.values = this.#saved;
    this.#form.show(this.#notice.findings, { focus: false });
    if (location.hash !== `#${id}`) history.replaceState(null, "", `#${id}`);
    this.#draw();
  }

  async #submit() {
    if (!(await this.#save())) return;
    const blocking = this.#notice.findings.filter(({ blocks }) => blocks);
    if (blocking.length) {
      this.#form.show(this.#notice.findings);
      return;
    }
    await this.#post("submit", { seen_id: this.#seen });
    notify(t("notices.submitted"));
  }

  async #publish() {
    if (!(await this.#save())) return;
    await this.#post("publish", { seen_id: this.#seen });
    notify(t("notices.published"));
    $("take-back").focus();
  }

  async #takeBack() {
    await this.#post("take-back");
    const run = () =>
      this.#run(async () => {
        await this.#post("put-back");
        notify(t("notices.put_back_done"));
      });
    notify(t("notices.taken_back"), { action: { label: t("notices.put_back"), run } });
    $("editor-title").focus();
  }

  async #post(verb, body = {}) {
    const id = this.#id;
    await api("POST", `/api/notices/${id}/${verb}`, body);
    const typed = unsent.get(key(id));
    await this.#show(id);
    // What is typed and not saved is not what this was about.
    if (typed) {
      this.#form.values = typed.values;
      unsent.set(key(id), typed);
      this.#buttons();
    }
  }

  async #discard() {
    const values = this.#form.values;
    await api("DELETE", `/api/notices/${this.#id}`);
    unsent.set(key(this.#id), null);
    offerUndo(t("notices.discarded"), async () => {
      const made = await api("POST", "/api/notices", { ...values, seen_id: null });
      location.hash = `#${made.id}`;
      notify(t("notices.discard_undone"));
    });
    location.hash = "";
  }

  /** What is typed gives way to what is saved, and can be put back. */
  async #takeTheirs() {
    const id = this.#id;
    const mine = { values: this.#form.values, seen: this.#seen };
    await this.#show(id);
    unsent.set(key(id), null);
    this.#buttons();
    offerUndo(t("notices.took_theirs"), async () => {
      unsent.set(key(id), mine);
      if (this.#id === id) await this.open(id);
      else location.hash = `#${id}`;
    });
    $("editor-title").focus();
  }

  /** Somebody wrote meanwhile: shows what differs in theirs; what is typed here stays. */
  async #conflict(error) {
    const mine = this.#form.values;
    const theirs = await api("GET", `/api/notices/${this.#id}`);
    const saved = pick(theirs.head);
    const differs = FIELDS.filter((name) => !same(mine[name], saved[name]));
    const take = () => this.#run(() => this.#takeTheirs());
    const keep = () => {
      $("conflict").hidden = true;
      $("save").focus();
    };
    // From now on theirs was before the editor's eyes.
    this.#seen = theirs.head.id;
    unsent.set(key(this.#id), { values: mine, seen: this.#seen });
    const content = [
      h("h2", {}, t("notices.conflict_title", { name: error.winner ?? theirs.changed_by })),
      h("p", {}, t("notices.conflict_text")),
      h("p", { className: "help" }, when(theirs.head.created_at)),
      h("ul", {}, differs.map((name) => h("li", {}, difference(name, saved[name])))),
    ];
    const ways = [
      button(t("notices.conflict_mine"), keep),
      button(t("notices.conflict_theirs"), take),
    ];
    tellMeanwhile($("conflict"), content, ways);
  }
}

function pick(version) {
  return Object.fromEntries(FIELDS.map((name) => [name, version[name]]));
}

function difference(name, value) {
  const label = { en: "text_en", es: "text_es" }[name] ?? name;
  return t("notices.conflict_field", { field: t(`notices.${label}`), value: said(name, value) });
}

function said(name, value) {
  if (value === true || value === false) return t(value ? "notices.yes" : "notices.no");
  if (!value?.length) return t("notices.empty");
  if (name === "kind") return t(`notices.kind_${value}`);
  if (name.endsWith("_at")) return wall(value);
  if (name === "topics") return value.map(topicTitle).join(", ");
  if (name === "sites") return value.map((id) => page.sites.find((one) => one.id === id)?.name ?? id).join(", ");
  return value;
}
