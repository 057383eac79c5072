/**
 * One article in one language: what is live, the draft, and what is typed on top of either.
 *
 * Typed text is kept in this browser at every edit and saved as a draft by itself. The server
 * refuses a save over what somebody else wrote meanwhile; then the texts are put together here.
 */

import { api } from "../staff/api.js";
import { $, debounce } from "../staff/dom.js";
import { notify, offerUndo } from "../staff/notices.js";
import { t } from "../staff/page.js";
import { OneAtATime, explain } from "../staff/work.js";
import { PublishDialog } from "../studio_gate/dialog.js";
import { Autosave } from "./autosave.js";
import { Beside, sourceOf } from "./beside.js";
import { Conflict } from "./conflict.js";
import { Facts } from "./facts.js";
import { Form } from "./form.js";
import { drawHistory } from "./history.js";
import { Presence } from "./presence.js";
import { Preview } from "./preview.js";
import { showSaves } from "./saves.js";
import { badges, banners, drawTab } from "./standing.js";
import { drawStatus } from "./status.js";
import { adoptTyped, forgetTyped, keepTyped, typed } from "./typed.js";
import { only, same } from "./values.js";

const LANGUAGES = ["en", "es"];

export class Editor {
  #slug = null;
  #language = null;
  #article = null;
  // What the server had when this text was last read or saved: the live version, the draft with
  // its count of saves, and the words that typing went on from.
  #base = null;
  #seen = { draft: null, saves: 0 };
  #from = only({});
  // What was typed when the server last said that it has it; it may have tidied it.
  #heard = null;
  #form = new Form(() => this.#edited());
  #preview = new Preview((values, terms) => this.#form.mark(values, terms));
  #facts = new Facts();
  #beside = new Beside(() => this.#edited());
  #presence = new Presence((stands) => this.#moved(stands));
  #conflict = new Conflict(() => this.#mergeState());
  #autosave = new Autosave({
    save: () => this.#saveDraft(),
    isDirty: () => this.dirty,
    changed: () => this.#autosaved(),
  });
  #changed;
  #listLater;
  #about;
  #turns = new OneAtATime((error) => this.#refused(error));
  #opened = 0;

  /** `changed()` is called when the list should be read again; `about` is the article's form. */
  constructor(changed, about) {
    this.#changed = changed;
    this.#listLater = debounce(changed, 500);
    this.#about = about;
    $("save").addEventListener("click", () => this.#turns.run(() => this.#save()));
    $("discard").addEventListener("click", () => this.#turns.run(() => this.#discard()));
    $("saves").addEventListener("click", () =>
      showSaves(this.#slug, this.#language, (words) => this.#useEarlier(words)),
    );
    const dialog = new PublishDialog({
      publish: (draft, note) => this.#turns.run(() => this.#publish(draft, note)),
      goTo: (field) => this.#form.focus(field),
    });
    $("publish").addEventListener("click", () =>
      this.#turns.run(async () => dialog.open(await this.#toPublish())),
    );
    document.addEventListener("keydown", (event) => this.#key(event));
    document.addEventListener("signing-out", (event) => {
      if (this.dirty) event.detail.waitFor(this.#autosave.now());
    });
    for (const language of LANGUAGES) {
      $(`tab-${language}`).addEventListener("click", () => {
        location.hash = `${this.#slug}/${language}`;
      });
    }
  }

  /** Ctrl+S, or ⌘S, saves what is typed, and never the page. */
  #key(event) {
    if (event.key !== "s" || !(event.ctrlKey || event.metaKey) || event.altKey) return;
    event.preventDefault();
    if (this.#slug !== null && !document.querySelector("dialog[open]")) {
      this.#turns.run(() => this.#save());
    }
  }

  /** Whether there is typed text that is not saved as a draft. */
  get dirty() {
    // What is with the reviewers is read, not written.
    if (this.#slug === null || this.#current.pending) return false;
    const { values } = this.#form;
    const known = same(values, this.#saved()) || same(values, this.#heard);
    return !known || this.#saidMore;
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
    return (await this.#toPublish()).id;
  }

  /** Reads the open text again, and the list. */
  async again() {
    if (this.#slug) await this.#reload();
  }

  /** Shows an article, after what is being saved of the one before; what was typed comes back. */
  async open(slug, language) {
    const turn = ++this.#opened;
    await this.#finish();
    if (turn === this.#opened) await this.#show(slug, language);
  }

  /** What is typed goes to the server; where that fails it stays in this browser. */
  async #finish() {
    await this.#turns.settled;
    if (this.dirty && this.#autosave.state !== "refused") await this.#autosave.now();
  }

  async #show(slug, language) {
    const turn = this.#opened;
    const [article, source] = await Promise.all([
      api("GET", `/api/articles/${encodeURIComponent(slug)}`),
      sourceOf(slug, language),
      adoptTyped(slug, language),
    ]);
    if (turn !== this.#opened) return;
    const { pending } = article.languages[language] ?? {};
    // Read last: typing went on while the server was asked. With the reviewers, it waits.
    const before = pending ? null : typed(slug, language);
    const fresh = slug !== this.#slug || language !== this.#language;
    this.#beside.show(source, before?.confirmed ?? null);
    [this.#slug, this.#language, this.#article] = [slug, language, article];
    this.#conflict.forget();
    this.#form.clear();
    this.#form.language = language;
    this.#form.frozen = Boolean(pending);
    this.#facts.language = language;
    this.#sees();
    this.#form.values = before?.values ?? this.#saved();
    this.#autosave.rest();
    if (before && !this.dirty) forgetTyped(slug, language);
    this.#draw();
    this.#about.open(slug, article.about);
    this.#presence.enter(slug, language);
    if (before && this.dirty) this.#restored(before);
    if (fresh) $("article-title").focus();
  }

  async close() {
    const turn = ++this.#opened;
    await this.#finish();
    if (turn !== this.#opened) return;
    this.#slug = null;
    this.#presence.leave();
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

  /** What is before the editor's eyes from now on is what the server has. */
  #sees() {
    const { live, draft } = this.#current;
    this.#base = live?.id ?? null;
    this.#seen = { draft: draft?.id ?? null, saves: draft?.saves ?? 0 };
    this.#from = this.#saved();
    this.#heard = this.#from;
  }

  /** Whether a person said of the translation what the server does not know. */
  get #saidMore() {
    const { draft } = this.#current;
    const { translates, confirmed } = this.#beside;
    if (!draft) return confirmed !== null;
    return translates !== null && translates !== (draft.based_on ?? 0);
  }

  #edited() {
    if (this.#slug === null) return;
    if (this.dirty) this.#keep();
    else if (!this.#current.pending) forgetTyped(this.#slug, this.#language);
    this.#autosave.touch();
    this.#drawStatus();
    this.#drawPreview();
    document.dispatchEvent(new CustomEvent("text-edited"));
  }

  #keep() {
    keepTyped(this.#slug, this.#language, {
      values: this.#form.values,
      base: this.#base,
      seen: this.#seen,
      from: this.#from,
      confirmed: this.#beside.confirmed,
    });
  }

  #draw() {
    const { live, draft, pending } = this.#current;
    $("content").dataset.view = "article";
    $("nothing").hidden = true;
    for (const id of ["article", "savebar", "preview"]) $(id).hidden = false;
    $("article-title").textContent = (draft ?? pending ?? live)?.title || this.#slug;
    $("article-title").lang = this.#language;
    $("slug").textContent = this.#slug;
    for (const language of LANGUAGES) drawTab(language, this.#article, language === this.#language);
    $("article-badges").replaceChildren(...badges(live));
    $("banners").replaceChildren(...banners(this.#current));
    drawHistory(this.#current, this.#language, (version) => this.#askRestore(version));
    this.#drawStatus();
    this.#drawPreview();
    const detail = { slug: this.#slug, language: this.#language };
    document.dispatchEvent(new CustomEvent("text-shown", { detail }));
  }

  #drawStatus() {
    const { draft, pending } = this.#current;
    drawStatus(this.#current, this.#autosave, this.dirty);
    $("save").disabled = !this.dirty || this.#autosave.state === "saving";
    $("save").hidden = Boolean(pending);
    $("discard").hidden = !draft;
    $("publish").disabled = !this.dirty && !draft && pending?.state !== "approved";
  }

  #drawPreview() {
    const { languages } = this.#article;
    this.#preview.show(this.#language, this.#form.values, this.#current.live, languages);
  }

  #restored(before) {
    const values = this.#form.values;
    const away = () => {
      forgetTyped(this.#slug, this.#language);
      this.#form.values = this.#saved();
      this.#edited();
      offerUndo(t("studio.thrown_away"), () => this.#put(values));
    };
    notify(t("studio.restored_text"), { action: { label: t("studio.throw_away"), run: away } });
    // It goes on from where it was typed: what others did since is found when it is saved.
    this.#base = before.base;
    this.#seen = before.seen ?? this.#seen;
    this.#from = before.from ?? this.#from;
    this.#autosave.touch();
  }

  #put(values) {
    this.#form.values = { ...this.#form.values, ...values };
    this.#edited();
  }

  #useEarlier(words) {
    const before = this.#form.values;
    this.#put(only(words));
    offerUndo(t("editor.saves_used"), () => this.#put(before));
  }

  get #draftPath() {
    return `/api/articles/${encodeURIComponent(this.#slug)}/${this.#language}/draft`;
  }

  async #saveDraft() {
    const [slug, language] = [this.#slug, this.#language];
    const values = this.#form.values;
    const version = await api("PUT", this.#draftPath, {
      ...values,
      base_version_id: this.#base,
      seen: this.#seen,
      translates: this.#beside.translates,
    });
    if (slug !== this.#slug || language !== this.#language) return version;
    const first = !this.#current.draft;
    this.#article.languages[this.#language] = { ...this.#current, draft: version };
    this.#sees();
    this.#heard = values;
    if (this.dirty) this.#keep();
    else forgetTyped(slug, language);
    drawTab(language, this.#article, true);
    if (first) this.#listLater();
    return version;
  }

  #autosaved() {
    if (this.#slug === null) return;
    const { state, error } = this.#autosave;
    if (state === "refused") this.#refused(error);
    this.#drawStatus();
  }

  async #save() {
    this.#form.clear();
    this.#conflict.forget();
    if (await this.#autosave.now()) notify(t("studio.saved"));
  }

  async #discard() {
    const values = this.#form.values;
    if (this.#autosave.error?.code === "conflict") {
      await this.#discardMine(values);
      return;
    }
    const path = this.#draftPath;
    const [slug, language, base] = [this.#slug, this.#language, this.#base];
    // What was typed last is among the earlier drafts, too.
    await this.#autosave.now();
    const { draft, saves } = this.#seen;
    await api("DELETE", `${path}?draft=${draft}&saves=${saves}`);
    forgetTyped(slug, language);
    const undo = async () => {
      await api("PUT", path, { ...values, base_version_id: base, seen: { draft: null } });
      notify(t("studio.undone"));
      if (this.#slug === slug && this.#language === language) await this.#reload();
      else this.#changed();
    };
    offerUndo(t("studio.discarded"), () => this.#turns.run(undo));
    await this.#reload();
  }

  /** The draft is somebody else's by now: it stays, and what was typed here goes. */
  async #discardMine(values) {
    forgetTyped(this.#slug, this.#language);
    this.#autosave.rest();
    await this.#reload();
    offerUndo(t("studio.thrown_away"), () => this.#put(values));
  }

  /** The draft as it stands in the form, saved; or what the reviewers have approved. */
  async #toPublish() {
    if (this.#current.pending) return this.#current.pending;
    this.#form.clear();
    if (!(await this.#autosave.now())) throw this.#autosave.error;
    return this.#current.draft ?? this.#saveDraft();
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
    $("restore-form").onsubmit = () => this.#turns.run(() => this.#restore(version));
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
      ? { label: t("studio.back_out"), run: () => this.#turns.run(back) }
      : null;
    notify(text, { action });
  }

  async #reload() {
    await this.#show(this.#slug, this.#language);
    this.#changed();
  }

  #refused(error) {
    if (error.code === "conflict") {
      this.#conflict.show(error, this.#language);
      return;
    }
    const one = { field: error.field, message: error.data.message, remedy: error.data.remedy };
    const findings = error.data.findings ?? (error.field ? [one] : []);
    if (!findings.length) {
      explain(error);
      return;
    }
    const count = this.#form.show(findings);
    const title = count === 1 ? t("studio.findings_one") : t("studio.findings_title", { count });
    notify(error.data.findings ? title : t("editor.not_saved_field"), { error: true });
  }

  /** Another tab or another person saved or published this text. */
  async #moved(stands) {
    const same =
      stands.live === this.#base &&
      stands.draft === this.#seen.draft &&
      stands.saves === this.#seen.saves &&
      (this.#language === "en" || stands.source === this.#beside.shown);
    if (same || this.dirty || this.#turns.busy || this.#autosave.state !== "saved") return;
    const own = stands.draft !== this.#seen.draft || stands.saves !== this.#seen.saves;
    const other = own ? stands.saved_by : stands.published_by;
    const text = own || stands.live !== this.#base ? "editor.newest" : "editor.source_moved";
    await this.#show(this.#slug, this.#language);
    notify(t(text, { name: other ?? t("editor.merge_somebody") }));
    this.#changed();
  }

  /** What putting the texts together starts from, and how it goes on. */
  #mergeState() {
    const [slug, language, base] = [this.#slug, this.#language, this.#from];
    const before = this.#base;
    return {
      base,
      before,
      language,
      mine: this.#form.values,
      read: async () => {
        const article = await api("GET", `/api/articles/${encodeURIComponent(slug)}`);
        return { article, ...article.languages[language] };
      },
      done: (article, theirs, merged) => {
        if (slug !== this.#slug || language !== this.#language) return;
        this.#article = article;
        this.#sees();
        this.#from = theirs;
        this.#form.values = merged;
        this.#draw();
        this.#autosave.rest();
        this.#edited();
        this.#turns.run(() => this.#save());
      },
    };
  }
}
