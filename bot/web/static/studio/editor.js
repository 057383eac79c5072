/**
 * One article in one language: what is live, the draft, and what is typed on top of either.
 *
 * The server refuses a save over what somebody else wrote meanwhile; then the texts are put
 * together here.
 */

import { api } from "../staff/api.js";
import { $, debounce } from "../staff/dom.js";
import { notify } from "../staff/notices.js";
import { t } from "../staff/page.js";
import { OneAtATime, explain } from "../staff/work.js";
import { sourceOf } from "./beside.js";
import { Conflict } from "./conflict.js";
import { Facts } from "./facts.js";
import { drawHistory } from "./history.js";
import { Presence } from "./presence.js";
import { Preview } from "./preview.js";
import { Release } from "./release.js";
import { showSaves } from "./saves.js";
import { badges, banners, drawTab } from "./standing.js";
import { drawStatus } from "./status.js";
import { Text, articlePath } from "./text.js";
import { adoptTyped, typed } from "./typed.js";
import { Writing } from "./writing.js";

const LANGUAGES = ["en", "es"];

export class Editor {
  #turns = new OneAtATime((error) => this.#refused(error));
  #writing = new Writing({
    edited: () => this.#edited(),
    saving: () => this.#saving(),
    saved: (first) => this.#saved(first),
    run: (work) => this.#turns.run(work),
    reload: () => this.#reload(),
    changed: () => this.#changed(),
  });
  #release = new Release({
    draft: () => this.#writing.kept(),
    live: () => this.live,
    pending: () => Boolean(this.#text.current.pending),
    write: (version) => this.#writing.useVersion(version),
    goTo: (field) => this.#writing.form.focus(field),
    run: (work) => this.#turns.run(work),
    reload: () => this.#reload(),
  });
  #preview = new Preview((values, terms) => this.#writing.form.mark(values, terms));
  #facts = new Facts();
  #presence = new Presence((stands) => this.#moved(stands));
  #conflict = new Conflict(() => this.#mergeState());
  #live = null;
  #changed;
  #listLater;
  #about;
  #opened = 0;

  /** `changed()` is called when the list should be read again; `about` is the article's form. */
  constructor(changed, about) {
    this.#changed = changed;
    this.#listLater = debounce(changed, 500);
    this.#about = about;
    $("save").addEventListener("click", () => this.#turns.run(() => this.#save()));
    $("discard").addEventListener("click", () => this.#turns.run(() => this.#writing.discard()));
    $("saves").addEventListener("click", () => {
      const { slug, language } = this.#text;
      showSaves(slug, language, (words) => this.#writing.useEarlier(words));
    });
    document.addEventListener("keydown", (event) => this.#key(event));
    document.addEventListener("signing-out", (event) => {
      // What cannot be saved now is kept for the same person, so signing out loses nothing.
      const saved = this.dirty ? this.#writing.autosave.now() : Promise.resolve();
      event.detail.waitFor(saved.then(() => true));
    });
    for (const language of LANGUAGES) {
      $(`tab-${language}`).addEventListener("click", () => {
        location.hash = `${this.#text.slug}/${language}`;
      });
    }
  }

  /** Ctrl+S, or ⌘S, saves what is typed, and never the page. */
  #key(event) {
    if (event.key !== "s" || !(event.ctrlKey || event.metaKey) || event.altKey) return;
    event.preventDefault();
    if (this.#text && !document.querySelector("dialog[open]")) {
      this.#turns.run(() => this.#save());
    }
  }

  get #text() {
    return this.#writing.text;
  }

  /** Whether there is typed text that is not saved as a draft. */
  get dirty() {
    return this.#writing.dirty;
  }

  /** Whether text that was typed here earlier waits for the text to be withdrawn. */
  get hasTyped() {
    return this.#text !== null && typed(this.#text.slug, this.#text.language) !== null;
  }

  /** What patients read now of the text that was shown last, if anything. */
  get live() {
    return this.#live;
  }

  /** The number of the draft, once what is typed is in it. */
  async kept() {
    return (await this.#writing.kept()).id;
  }

  /** Reads the open text again, and the list. */
  async again() {
    if (this.#text) await this.#reload();
  }

  /** Shows an article, after what is being saved of the one before; what was typed comes back. */
  async open(slug, language) {
    const turn = ++this.#opened;
    await this.#finish();
    if (turn === this.#opened) await this.#show(slug, language);
  }

  async #finish() {
    await this.#turns.settled;
    await this.#writing.finish();
  }

  async #show(slug, language) {
    const turn = this.#opened;
    const [article, source] = await Promise.all([
      api("GET", articlePath(slug)),
      sourceOf(slug, language),
      adoptTyped(slug, language),
    ]);
    if (turn !== this.#opened) return;
    const fresh = !this.#text?.is(slug, language);
    this.#conflict.forget();
    this.#facts.language = language;
    const before = this.#writing.open(new Text(slug, language, article), source);
    this.#draw();
    this.#about.open(slug, article.about);
    this.#presence.enter(slug, language);
    if (before) this.#writing.cameBack(before);
    if (fresh) $("article-title").focus();
  }

  async #reload() {
    if (this.#text) await this.#show(this.#text.slug, this.#text.language);
    this.#changed();
  }

  async close() {
    const turn = ++this.#opened;
    await this.#finish();
    if (turn !== this.#opened) return;
    this.#writing.text = null;
    this.#presence.leave();
    for (const id of ["article", "savebar", "preview"]) $(id).hidden = true;
    $("nothing").hidden = false;
    $("content").dataset.view = "list";
  }

  async #save() {
    this.#conflict.forget();
    await this.#writing.save();
  }

  #edited() {
    this.#drawStatus();
    this.#drawPreview();
    document.dispatchEvent(new CustomEvent("text-edited"));
  }

  #saving() {
    const { state, error } = this.#writing.autosave;
    if (state === "refused") this.#refused(error);
    this.#drawStatus();
  }

  #saved(first) {
    drawTab(this.#text.language, this.#text.article, true);
    if (first) this.#listLater();
  }

  #draw() {
    const { slug, language, article, current } = this.#text;
    const { live, draft, pending } = current;
    this.#live = live;
    $("content").dataset.view = "article";
    $("nothing").hidden = true;
    for (const id of ["article", "savebar", "preview"]) $(id).hidden = false;
    $("article-title").textContent = (draft ?? pending ?? live)?.title || slug;
    $("article-title").lang = language;
    $("slug").textContent = slug;
    for (const one of LANGUAGES) drawTab(one, article, one === language);
    $("article-badges").replaceChildren(...badges(live));
    $("banners").replaceChildren(...banners(current));
    drawHistory(current, language, (version) =>
      this.#turns.run(() => this.#release.askRestore(version)),
    );
    this.#drawStatus();
    this.#drawPreview();
    document.dispatchEvent(new CustomEvent("text-shown", { detail: { slug, language } }));
  }

  #drawStatus() {
    const { current } = this.#text;
    const { draft, pending } = current;
    const { autosave } = this.#writing;
    drawStatus(current, autosave, this.dirty);
    $("save").disabled = !this.dirty || autosave.state === "saving";
    $("save").hidden = Boolean(pending);
    $("discard").hidden = !draft;
    $("publish").disabled = !this.dirty && !draft && pending?.state !== "approved";
  }

  #drawPreview() {
    const { language, article, current } = this.#text;
    this.#preview.show(language, this.#writing.form.values, current.live, article.languages);
  }

  /** A refusal is explained where it belongs. */
  #refused(error) {
    if (error.code === "conflict") {
      this.#conflict.show(error);
      return;
    }
    const one = { field: error.field, message: error.data.message, remedy: error.data.remedy };
    const findings = error.data.findings ?? (error.field ? [one] : []);
    if (!findings.length) {
      explain(error);
      return;
    }
    const count = this.#writing.form.show(findings);
    const title = count === 1 ? t("studio.findings_one") : t("studio.findings_title", { count });
    notify(error.data.findings ? title : t("editor.not_saved_field"), { error: true });
  }

  /** Another tab or another person saved or published this text. */
  async #moved(stands) {
    const { slug, language, base, seen } = this.#text;
    const own = stands.draft !== seen.draft || stands.saves !== seen.saves;
    const live = stands.live !== base;
    const source = language !== "en" && stands.source !== this.#writing.beside.shown;
    if (!own && !live && !source) return;
    if (this.dirty || this.#turns.busy || this.#writing.autosave.state !== "saved") return;
    const other = own ? stands.saved_by : stands.published_by;
    const text = own || live ? "editor.newest" : "editor.source_moved";
    await this.#show(slug, language);
    notify(t(text, { name: other ?? t("editor.merge_somebody") }));
    this.#changed();
  }

  /** What putting the texts together starts from, and how it goes on. */
  #mergeState() {
    const { slug, language, base: before, from: base } = this.#text;
    return {
      base,
      before,
      language,
      mine: this.#writing.form.values,
      read: async () => {
        const article = await api("GET", articlePath(slug));
        return { article, ...article.languages[language] };
      },
      done: (article, theirs, merged) => {
        if (!this.#text?.is(slug, language)) return;
        this.#text.wasMerged(article, theirs);
        this.#writing.form.values = merged;
        this.#draw();
        this.#writing.autosave.rest();
        this.#writing.edited();
        this.#turns.run(() => this.#save());
      },
    };
  }
}
