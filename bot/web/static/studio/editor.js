/**
 * One article in one language: what is live, the draft, and what is typed on top of either.
 *
 * Typed text is kept in this tab at every edit. The server learns of it by "save", and refuses
 * that when somebody published meanwhile; then both texts are shown and nothing is lost.
 */

import { api } from "../staff/api.js";
import { $, h, icon } from "../staff/dom.js";
import { clearErrors, notify } from "../staff/notices.js";
import { hasText, t } from "../staff/page.js";
import { PublishDialog } from "../studio_gate/dialog.js";
import { Form } from "./form.js";
import { drawHistory, versionWords } from "./history.js";
import { Preview } from "./preview.js";
import { forgetTyped, keepTyped, typed } from "./typed.js";
import { date, daysUntil } from "./words.js";

const LANGUAGES = ["en", "es"];
const FIELDS = [
  ...["title", "lead", "more", "variants", "golden"],
  ...["sources", "verified_on", "expires_on"],
];

export class Editor {
  #slug = null;
  #language = null;
  #article = null;
  #base = null;
  #form = new Form(() => this.#edited());
  #preview = new Preview();
  #changed;
  #busy = false;
  #settled = Promise.resolve();
  #opened = 0;

  /** `changed()` is called when the list should be read again. */
  constructor(changed) {
    this.#changed = changed;
    $("save").addEventListener("click", () => this.#run(() => this.#save()));
    $("discard").addEventListener("click", () => this.#run(() => this.#discard()));
    const dialog = new PublishDialog({
      publish: (draft, note) => this.#run(() => this.#publish(draft, note)),
      goTo: (field) => this.#form.focus(field),
    });
    $("publish").addEventListener("click", () =>
      this.#run(async () => dialog.open(await this.#toPublish())),
    );
    for (const language of LANGUAGES) {
      $(`tab-${language}`).addEventListener("click", () => {
        location.hash = `${this.#slug}/${language}`;
      });
    }
  }

  /** Whether there is typed text that is not saved as a draft. */
  get dirty() {
    return this.#slug !== null && !same(this.#form.values, this.#saved());
  }

  /** Shows an article, after what is being saved of the one before; what was typed comes back. */
  async open(slug, language) {
    const turn = ++this.#opened;
    await this.#settled;
    if (turn === this.#opened) await this.#show(slug, language);
  }

  async #show(slug, language) {
    const article = await api("GET", `/api/articles/${encodeURIComponent(slug)}`);
    const fresh = slug !== this.#slug || language !== this.#language;
    [this.#slug, this.#language, this.#article] = [slug, language, article];
    this.#form.clear();
    this.#form.language = language;
    this.#base = this.#current.live?.id ?? null;
    const { pending } = this.#current;
    this.#form.frozen = Boolean(pending);
    // What is typed waits while the text is with the reviewers.
    const before = pending ? null : typed(slug, language);
    this.#form.values = before?.values ?? this.#saved();
    if (before && !this.dirty) forgetTyped(slug, language);
    this.#draw();
    if (before && this.dirty) this.#restored(before);
    if (fresh) $("article-title").focus();
  }

  /** Whether text that was typed here earlier waits for the text to be withdrawn. */
  get hasTyped() {
    return typed(this.#slug, this.#language) !== null;
  }

  /** What patients read now, if anything. */
  get live() {
    return this.#current.live;
  }

  /** The number of the draft, once what is typed is in it. */
  async kept() {
    this.#form.clear();
    const draft = this.dirty || !this.#current.draft ? await this.#saveDraft() : this.#current.draft;
    return draft.id;
  }

  /** Reads the open text again, and the list. */
  async again() {
    if (this.#slug) await this.#reload();
  }

  close() {
    this.#opened += 1;
    this.#slug = null;
    for (const id of ["article", "savebar", "preview"]) $(id).hidden = true;
    $("nothing").hidden = false;
    $("content").dataset.view = "list";
  }

  get #current() {
    const nothing = { live: null, draft: null, pending: null, stale: false, history: [] };
    return this.#article.languages[this.#language] ?? nothing;
  }

  /** The words that the server has: the draft, or what is live. */
  #saved() {
    return only(this.#current.draft ?? this.#current.pending ?? this.#current.live ?? {});
  }

  #edited() {
    if (this.dirty) keepTyped(this.#slug, this.#language, this.#form.values, this.#base);
    else forgetTyped(this.#slug, this.#language);
    this.#drawStatus();
    this.#drawPreview();
    document.dispatchEvent(new CustomEvent("text-edited"));
  }

  #draw() {
    const { live, draft, pending } = this.#current;
    $("content").dataset.view = "article";
    $("nothing").hidden = true;
    for (const id of ["article", "savebar", "preview"]) $(id).hidden = false;
    $("article-title").textContent = (draft ?? pending ?? live)?.title ?? this.#slug;
    $("article-title").lang = this.#language;
    $("slug").textContent = `${this.#slug} · ${this.#article.topics.join(", ")}`;
    for (const language of LANGUAGES) drawTab(language, this.#article, language === this.#language);
    $("article-badges").replaceChildren(...badges(live));
    $("banners").replaceChildren(...banners(this.#current));
    this.#drawEnglish();
    drawHistory(this.#current, this.#language, (version) => this.#askRestore(version));
    this.#drawStatus();
    this.#drawPreview();
    const detail = { slug: this.#slug, language: this.#language };
    document.dispatchEvent(new CustomEvent("text-shown", { detail }));
  }

  #drawEnglish() {
    const english = this.#article.languages.en?.live;
    $("english").hidden = this.#language === "en" || !english;
    if (english) $("english-words").replaceChildren(...versionWords(english));
  }

  #drawStatus() {
    const { live, draft, pending, stale } = this.#current;
    const { dirty } = this;
    let text = live ? "studio.live_state" : "studio.clean";
    if (stale || daysUntil(live?.expires_on) < 0) text = "studio.hidden_state";
    if (draft) text = "studio.draft_state";
    if (pending) text = `life.status_${pending.state}`;
    if (dirty) text = "studio.unsaved";
    $("status").textContent = t(text);
    $("status").classList.toggle("unsaved", dirty);
    $("save").disabled = !dirty;
    $("save").hidden = Boolean(pending);
    $("discard").hidden = !draft;
    $("publish").disabled = !dirty && !draft && pending?.state !== "approved";
  }

  #drawPreview() {
    this.#preview.show(this.#language, this.#form.values, this.#current.live);
  }

  #restored(before) {
    const away = () => {
      forgetTyped(this.#slug, this.#language);
      this.#form.values = this.#saved();
      this.#edited();
      notify(t("studio.thrown_away"), {
        action: { label: t("staff.undo"), run: () => this.#put(before.values) },
      });
    };
    notify(t("studio.restored_text"), { action: { label: t("studio.throw_away"), run: away } });
    if (before.base !== this.#base) this.#conflict();
  }

  #put(values) {
    this.#form.values = values;
    this.#edited();
  }

  get #draftPath() {
    return `/api/articles/${encodeURIComponent(this.#slug)}/${this.#language}/draft`;
  }

  async #saveDraft() {
    const values = this.#form.values;
    const version = await api("PUT", this.#draftPath, { ...values, base_version_id: this.#base });
    this.#current.draft = version;
    if (same(this.#form.values, values)) this.#form.values = only(version);
    this.#edited();
    return version;
  }

  async #save() {
    this.#form.clear();
    await this.#saveDraft();
    notify(t("studio.saved"));
    await this.#reload();
  }

  async #discard() {
    const values = only(this.#current.draft);
    const path = this.#draftPath;
    const [slug, language, base] = [this.#slug, this.#language, this.#base];
    await api("DELETE", path);
    forgetTyped(slug, language);
    const undo = async () => {
      await api("PUT", path, { ...values, base_version_id: base });
      notify(t("studio.undone"));
      if (this.#slug === slug && this.#language === language) await this.#reload();
      else this.#changed();
    };
    notify(t("studio.discarded"), {
      action: { label: t("staff.undo"), run: () => this.#run(undo) },
    });
    await this.#reload();
  }

  /** The draft as it stands in the form, saved. */
  async #toPublish() {
    this.#form.clear();
    const { pending, draft } = this.#current;
    return pending ?? (this.dirty || !draft ? this.#saveDraft() : draft);
  }

  async #publish(draft, note) {
    const before = this.#current.live;
    await api("POST", `/api/versions/${draft.id}/publish`, { note });
    $("note").value = "";
    this.#offerWayBack(t("studio.published"), before);
    await this.#reload();
  }

  #askRestore(version) {
    $("restore-help").textContent = t("studio.restore_help", { id: version.id });
    $("restore-form").onsubmit = () => this.#run(() => this.#restore(version));
    $("restore-dialog").showModal();
  }

  async #restore(version) {
    const before = this.#current.live;
    await api("POST", `/api/versions/${version.id}/restore`, { note: "" });
    this.#offerWayBack(t("studio.restored"), before);
    await this.#reload();
  }

  /** Says what was published, with the text before it one click away. */
  #offerWayBack(text, before) {
    const back = async () => {
      await api("POST", `/api/versions/${before.id}/restore`, { note: "" });
      notify(t("studio.restored"));
      await this.#reload();
    };
    const action = before
      ? { label: t("studio.back_out"), run: () => this.#run(back) }
      : null;
    notify(text, { action });
  }

  async #reload() {
    await this.#show(this.#slug, this.#language);
    this.#changed();
  }

  /** One thing at a time; a refusal is explained where it belongs. */
  async #run(work) {
    if (this.#busy) return;
    this.#busy = true;
    let settle;
    this.#settled = new Promise((resolve) => (settle = resolve));
    clearErrors();
    try {
      await work();
    } catch (error) {
      if (!error.code) throw error;
      this.#refused(error);
    } finally {
      this.#busy = false;
      settle();
    }
  }

  #refused(error) {
    if (error.code === "conflict") {
      this.#conflict();
      return;
    }
    const one = { field: error.field, message: error.data.message, remedy: error.data.remedy };
    const findings = error.data.findings ?? (error.field ? [one] : []);
    if (!findings.length) {
      notify(error.words, { error: true });
      return;
    }
    const count = this.#form.show(findings);
    const title = count === 1 ? t("studio.findings_one") : t("studio.findings_title", { count });
    notify(title, { error: true });
  }

  /** Somebody published meanwhile: both texts are shown, and typing goes on from theirs. */
  async #conflict() {
    const slug = encodeURIComponent(this.#slug);
    this.#article = await api("GET", `/api/articles/${slug}`);
    const { live } = this.#current;
    const words = h("div", { className: "version-words", lang: this.#language, hidden: true });
    if (live) words.append(...versionWords(live));
    const show = h("button", { type: "button", className: "button" }, t("studio.conflict_show"));
    show.addEventListener("click", () => {
      words.hidden = !words.hidden;
    });
    const keep = h("button", { type: "button", className: "button" }, t("studio.conflict_keep"));
    const banner = h(
      "div",
      { className: "banner danger", role: "alert" },
      h("p", {}, h("strong", {}, t("studio.conflict"))),
      h("p", {}, t("studio.conflict_help")),
      h("div", { className: "banner-actions" }, show, keep),
      words,
    );
    keep.addEventListener("click", () => {
      this.#base = live?.id ?? null;
      banner.remove();
      this.#edited();
      $("save").focus();
    });
    $("banners").prepend(banner);
    drawHistory(this.#current, this.#language, (version) => this.#askRestore(version));
    banner.scrollIntoView({ block: "nearest" });
  }
}

function only(version) {
  const values = Object.fromEntries(FIELDS.map((name) => [name, version[name] ?? null]));
  return {
    ...values,
    title: version.title ?? "",
    lead: version.lead ?? "",
    variants: version.variants ?? [],
    golden: version.golden ?? [],
    sources: version.sources ?? [],
  };
}

function same(one, other) {
  const bare = (values) =>
    JSON.stringify(
      FIELDS.map((name) => (typeof values[name] === "string" ? values[name].trim() : values[name])),
      null,
    );
  return bare(one) === bare(other);
}

function drawTab(language, article, selected) {
  const { live, draft, pending, stale } = article.languages[language] ?? {};
  let [state, tone] = live ? ["published", "ok"] : ["missing", ""];
  if (pending) [state, tone] = [pending.state, "info"];
  if (draft) [state, tone] = ["draft", "info"];
  if (live && daysUntil(live.expires_on) < 0) [state, tone] = ["expired", "danger"];
  if (stale) [state, tone] = ["stale", "warn"];
  $(`tab-${language}`).setAttribute("aria-pressed", String(selected));
  $(`tab-state-${language}`).className = `badge ${tone}`;
  $(`tab-state-${language}`).textContent = t(hasText(`studio.state_${state}`) ? `studio.state_${state}` : `life.state_${state}`);
}

function badges(live) {
  if (!live) return [];
  const reviewed = live.reviewed_by
    ? h("span", { className: "badge ok" }, t("studio.badge_reviewed", { name: live.reviewed_by }))
    : h("span", { className: "badge" }, t("studio.badge_unreviewed"));
  if (!live.expires_on) return [reviewed];
  const days = daysUntil(live.expires_on);
  let tone = days <= 30 ? "warn" : "";
  if (days < 0) tone = "danger";
  const text = days < 0 ? "studio.badge_expired_on" : "studio.badge_expires";
  return [
    reviewed,
    h("span", { className: `badge ${tone}` }, t(text, { date: date(live.expires_on) })),
  ];
}

function banners({ live, draft, pending, stale }) {
  const made = [];
  const add = (tone, name, values) =>
    made.push(
      h(
        "div",
        { className: `banner ${tone}` },
        icon("alert"),
        h(
          "div",
          {},
          h("p", {}, h("strong", {}, t(`studio.${name}_title`, values))),
          h("p", {}, t(`studio.${name}_help`)),
        ),
      ),
    );
  if (!live && !draft && !pending) add("info", "missing");
  if (stale) add("warn", "stale");
  if (live && daysUntil(live.expires_on) < 0) {
    add("danger", "expired", { date: date(live.expires_on) });
  } else if (live && !live.reviewed_by) add("info", "unreviewed");
  return made;
}
