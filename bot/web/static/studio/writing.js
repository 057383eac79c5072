/**
 * What is written of the open text. It is kept in this browser at every edit and saved as a draft
 * by itself; what was typed earlier, saved earlier or thrown away comes back from here.
 */

import { api } from "../staff/api.js";
import { notify, offerUndo } from "../staff/notices.js";
import { t } from "../staff/page.js";
import { Autosave } from "./autosave.js";
import { Beside, NONE } from "./beside.js";
import { Form } from "./form.js";
import { forgetTyped, keepTyped, typed } from "./typed.js";
import { only } from "./values.js";

export class Writing {
  /** The open text; null when none is. */
  text = null;
  form = new Form(() => this.edited());
  beside = new Beside(() => this.edited());
  autosave = new Autosave({
    save: () => this.#saveDraft(),
    isDirty: () => this.dirty,
    changed: () => this.text && this.#on.saving(),
  });
  #on;

  /**
   * `on.edited()` after every edit, `on.saving()` when saving began, ended or failed,
   * `on.saved(first)` when the server has the draft. `on.run(work)` does one thing at a time,
   * `on.reload()` reads the text again, `on.changed()` the list.
   */
  constructor(on) {
    this.#on = on;
  }

  /** Whether there is typed text that is not saved as a draft. */
  get dirty() {
    // What is with the reviewers is read, not written.
    if (!this.text || this.text.current.pending) return false;
    return !this.text.has(this.form.values) || this.#saidMore;
  }

  /** Whether a person said of the translation what the server does not know. */
  get #saidMore() {
    const { draft } = this.text.current;
    const { translates, confirmed } = this.beside;
    if (!draft) return confirmed !== null;
    return translates !== null && translates !== (draft.based_on ?? 0);
  }

  /** Shows a text and what it translates, with what was typed of it before: that is returned. */
  open(text, source) {
    const { pending } = text.current;
    // Read last: typing went on while the server was asked. With the reviewers, it waits.
    const before = pending ? null : typed(text.slug, text.language);
    this.text = text;
    this.beside.show(source, before?.confirmed ?? null);
    this.form.clear();
    this.form.language = text.language;
    this.form.frozen = Boolean(pending);
    this.form.values = before?.values ?? text.words;
    this.autosave.rest();
    if (!before || this.dirty) return before;
    this.#forget();
    return null;
  }

  /** What was typed before is shown again; it can be thrown away. */
  cameBack(before) {
    const { slug, language } = this.text;
    const values = this.form.values;
    const away = () => {
      forgetTyped(slug, language);
      if (!this.text?.is(slug, language)) return;
      this.form.values = this.text.words;
      this.edited();
      offerUndo(t("studio.thrown_away"), this.#putBack(values));
    };
    notify(t("studio.restored_text"), { action: { label: t("studio.throw_away"), run: away } });
    this.text.goesOnFrom(before);
    this.autosave.touch();
  }

  /** Keeps what is typed until it is saved. */
  edited() {
    if (!this.text) return;
    if (this.dirty) this.#keep();
    else if (!this.text.current.pending) this.#forget();
    this.autosave.touch();
    this.#on.edited();
  }

  /** What is typed goes to the server; where that fails it stays in this browser. */
  async finish() {
    if (this.dirty && this.autosave.state !== "refused") await this.autosave.now();
  }

  /** Saves at once, and says so. */
  async save() {
    this.form.clear();
    if (await this.autosave.now()) notify(t("studio.saved"));
  }

  /** The draft as it stands in the form, saved; or what the reviewers have approved. */
  async kept() {
    if (this.text.current.pending) return this.text.current.pending;
    this.form.clear();
    if (!(await this.autosave.now())) throw this.autosave.error;
    return this.text.current.draft ?? this.#saveDraft();
  }

  /** Takes the words of an earlier save. */
  useEarlier(words) {
    const before = this.form.values;
    this.#put(only(words));
    offerUndo(t("editor.saves_used"), this.#putBack(before));
  }

  /** Takes the words of a version that was live once, with what it says that it translates. */
  useVersion(version) {
    const [before, said] = [this.form.values, this.beside.confirmed];
    const { slug, language } = this.text;
    if (language !== "en") this.beside.says(version.based_on ?? NONE);
    this.#put(only(version));
    offerUndo(t("editor.saves_used"), () => {
      if (!this.text?.is(slug, language)) return;
      this.beside.says(said);
      this.#put(before);
    });
  }

  /** The draft goes, with what is typed. */
  async discard() {
    const values = this.form.values;
    if (this.autosave.error?.code === "conflict") {
      await this.#discardMine(values);
      return;
    }
    const { slug, language, base, draftPath: path } = this.text;
    // What was typed last is among the earlier drafts, too.
    await this.autosave.now();
    const { draft, saves } = this.text.seen;
    // What the draft said that it translates is not what is live by now: it comes back as it was.
    const translates = this.text.current.draft?.based_on ?? NONE;
    await api("DELETE", `${path}?draft=${draft}&saves=${saves}`);
    forgetTyped(slug, language);
    const undo = async () => {
      const body = { ...values, base_version_id: base, seen: { draft: null }, translates };
      await api("PUT", path, body);
      notify(t("studio.undone"));
      if (this.text?.is(slug, language)) await this.#on.reload();
      else this.#on.changed();
    };
    offerUndo(t("studio.discarded"), () => this.#on.run(undo));
    await this.#on.reload();
  }

  /** The draft is somebody else's by now: it stays, and what was typed here goes. */
  async #discardMine(values) {
    this.#forget();
    this.autosave.rest();
    await this.#on.reload();
    offerUndo(t("studio.thrown_away"), this.#putBack(values));
  }

  async #saveDraft() {
    const { slug, language, base, seen, draftPath } = this.text;
    const values = this.form.values;
    const { translates } = this.beside;
    const body = { ...values, base_version_id: base, seen, translates };
    const draft = await api("PUT", draftPath, body);
    if (!this.text?.is(slug, language)) return draft;
    const first = !this.text.current.draft;
    this.text.took(draft, values);
    if (this.dirty) this.#keep();
    else this.#forget();
    this.#on.saved(first);
    return draft;
  }

  #put(values) {
    this.form.values = { ...this.form.values, ...values };
    this.edited();
  }

  /** A way back to these values, for as long as the text is open. */
  #putBack(values) {
    const { slug, language } = this.text;
    return () => {
      if (this.text?.is(slug, language)) this.#put(values);
    };
  }

  #keep() {
    const { slug, language, base, seen, from } = this.text;
    const { confirmed } = this.beside;
    keepTyped(slug, language, { values: this.form.values, base, seen, from, confirmed });
  }

  #forget() {
    forgetTyped(this.text.slug, this.text.language);
  }
}
