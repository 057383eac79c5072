/** Writing a correction, having it released, and watching it go out. */

import { api } from "../staff/api.js";
import { $, button, debounce, h, reconcile } from "../staff/dom.js";
import { notify, offerUndo } from "../staff/notices.js";
import { hasText, t } from "../staff/page.js";
import { guardTyped, isLeaving } from "../staff/session.js";
import { unsent } from "../staff/unsent.js";
import { OneAtATime, explain } from "../staff/work.js";
import { findingWords } from "../studio/problems.js";
import { card, isMoving } from "./cards.js";
import { drawPreview } from "./preview.js";

const SOON_MS = 1000;
const PAUSE_MS = 400;
const MOST = 1500;

export class Correcting {
  #version;
  #refresh;
  #found = null;
  #draft = null;
  #wantsNew = false;
  #timer = 0;
  #turns = new OneAtATime((error) => this.#refused(error));
  #later = debounce(() => this.#preview(), PAUSE_MS);

  constructor(version, refresh) {
    this.#version = version;
    this.#refresh = refresh;
    $("text").addEventListener("input", () => this.#typed());
    $("with-answer").addEventListener("change", () => this.#typed());
    $("correction").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#run(() => this.#save());
    });
    $("discard").addEventListener("click", () => this.#run(() => this.#discard()));
    $("release").addEventListener("click", () => this.#ask());
    $("release-form").addEventListener("submit", () => this.#run(() => this.#send()));
    $("another").addEventListener("click", () => this.#another());
    $("conflict-use").addEventListener("click", () => this.#useMine());
    $("conflict-drop").addEventListener("click", () => this.#dropMine());
    guardTyped(() => this.#dirty);
  }

  /** Shows what the server says; typed text stays. */
  show(found) {
    const first = this.#found === null;
    this.#found = found;
    const before = this.#draft;
    this.#draft = found.corrections.find((one) => one.state === "draft") ?? null;
    if (first) this.#fill();
    else if (before?.hash !== this.#draft?.hash && !this.#keptText) this.#fill();
    if (first) this.#drawMine();
    this.#drawMade();
    this.#drawForm();
  }

  get #key() {
    return `seen.${this.#version}`;
  }

  get #keptText() {
    return unsent.get(this.#key);
  }

  get #values() {
    return { text: $("text").value.trim(), with_answer: $("with-answer").checked };
  }

  get #dirty() {
    const { text, with_answer: follows } = this.#values;
    if (!this.#draft) return text !== "";
    return text !== this.#draft.text || follows !== this.#draft.with_answer;
  }

  #fill() {
    const typed = this.#keptText;
    const from = typed ?? this.#draft;
    $("text").value = from?.text ?? "";
    $("with-answer").checked = (from?.with_answer ?? true) && this.#found.version.served !== null;
    if (typed) this.#wantsNew = true;
    $("typed-state").textContent = typed ? t("seen.kept") : "";
    this.#preview();
  }

  #typed() {
    const values = this.#values;
    unsent.set(this.#key, this.#dirty ? { ...values, base: this.#draft?.hash ?? null } : null);
    $("typed-state").textContent = this.#dirty ? t("seen.unsaved") : "";
    $("text-problem").replaceChildren();
    this.#drawForm();
    this.#later();
  }

  #drawForm() {
    const { rules, reach, version, corrections } = this.#found;
    const draft = this.#draft;
    const moving = corrections.some((one) => one.state === "released" || one.state === "stopped");
    const writes = rules.writes && (draft || this.#wantsNew || (!corrections.length && reach.told));
    $("writing").hidden = !writes;
    $("another").hidden = !rules.writes || Boolean(writes) || !reach.told || moving;
    $("still-live").hidden = !version.is_live || !writes;
    $("text-count").textContent = t("seen.text_count", { count: $("text").value.length, most: MOST });
    $("with-answer").disabled = version.served === null;
    $("with-answer-help").textContent = version.served === null ? t("seen.with_answer_none") : "";
    const may = Boolean(draft?.may.release);
    $("release").hidden = !may;
    $("discard").hidden = !draft;
    const waits = draft && !may;
    $("second").textContent = waits ? t(draft.mine ? "seen.second_author" : "seen.second_role") : "";
  }

  #drawMade() {
    const shown = this.#found.corrections.filter((one) => one.state !== "draft");
    reconcile($("made"), shown, {
      key: (one) => JSON.stringify([one.id, one.state, one.progress]),
      create: (one) => card(one, { acts: this.#acts(one) }),
    });
    clearTimeout(this.#timer);
    if (shown.some(isMoving)) this.#timer = setTimeout(() => this.#follow(), SOON_MS);
  }

  #acts(one) {
    const acts = [];
    if (one.may.stop) acts.push(this.#button("stop", "stopped", one));
    if (one.may.resume) acts.push(this.#button("resume", "resumed", one));
    return acts;
  }

  #button(verb, said, one) {
    const click = () =>
      this.#run(async () => {
        await api("POST", `/api/corrections/${one.id}/${verb}`, {});
        notify(t(`seen.${said}`));
      });
    return button(t(`seen.${verb}`), click);
  }

  /** Looks again at what is on its way, without counting as somebody's activity. */
  async #follow() {
    const moving = this.#found.corrections.filter(isMoving);
    try {
      const now = await Promise.all(
        moving.map(({ id }) =>
          api("GET", `/api/corrections/${id}`, undefined, { background: true }),
        ),
      );
      const byId = new Map(now.map((one) => [one.id, one]));
      this.#found.corrections = this.#found.corrections.map((one) => byId.get(one.id) ?? one);
    } catch (error) {
      if (!error.code) throw error;
    }
    const held = document.activeElement?.closest?.("[data-id]")?.dataset.id;
    this.#drawMade();
    this.#drawForm();
    if (held && document.activeElement === document.body) {
      document.querySelector(`#made [data-id="${held}"] button`)?.focus();
    }
  }

  async #save() {
    const values = this.#values;
    if (!values.text) {
      this.#problem([{ message: t("seen.preview_empty") }]);
      $("text").focus();
      return;
    }
    // What was typed before somebody else's draft was there must not go over it.
    const seen = (this.#keptText ? this.#keptText.base : this.#draft?.hash) ?? "";
    if (this.#draft) await api("PUT", `/api/corrections/${this.#draft.id}`, { ...values, seen });
    else await api("POST", `/api/versions/${this.#version}/corrections`, values);
    unsent.set(this.#key, null);
    $("typed-state").textContent = "";
    notify(t("seen.saved"));
  }

  async #discard() {
    const { id } = this.#draft;
    await api("POST", `/api/corrections/${id}/discard`, {});
    unsent.set(this.#key, null);
    this.#wantsNew = false;
    const undo = async () => {
      await api("POST", `/api/corrections/${id}/bring-back`, {});
      notify(t("seen.brought_back"));
    };
    offerUndo(t("seen.discarded"), () => this.#run(undo));
  }

  #ask() {
    if (this.#dirty) {
      notify(t("seen.changed_since"), { error: true });
      return;
    }
    const { readable, email } = this.#found.reach;
    $("release-help").textContent = t("seen.release_help", { readable, email });
    $("release-text").textContent = this.#draft.text;
    $("release-text").lang = this.#draft.language;
    $("release-dialog").showModal();
  }

  async #send() {
    const { id, hash } = this.#draft;
    await api("POST", `/api/corrections/${id}/release`, { seen: hash });
    this.#wantsNew = false;
    notify(t("seen.released"));
  }

  #another() {
    this.#wantsNew = true;
    this.#drawForm();
    $("text").focus();
  }

  async #preview() {
    const values = this.#values;
    if (!values.text || !this.#found.rules.writes) {
      drawPreview([], []);
      return;
    }
    try {
      const body = { ...values, version_id: this.#version };
      const found = await api("POST", "/api/corrections/preview", body);
      if (this.#values.text === values.text) drawPreview(found.lines, found.findings);
    } catch (error) {
      if (!error.code) throw error;
    }
  }

  #problem(findings) {
    const lines = findings.map((one) => h("p", {}, findingWords(one)));
    $("text-problem").replaceChildren(...lines);
    $("text").setAttribute("aria-invalid", String(lines.length > 0));
  }

  /** One thing at a time; whatever comes of it, the page then shows how things stand. */
  async #run(work) {
    if (this.#turns.busy) return;
    this.#problem([]);
    await this.#turns.run(work);
    if (!isLeaving()) await this.#refresh();
  }

  #refused(error) {
    if (error.data.findings) {
      this.#problem(error.data.findings);
      $("text").focus();
      return;
    }
    if (error.code === "conflict" && error.winner) {
      this.#conflict(error.winner);
      return;
    }
    const id = `seen.error_${error.code}`;
    if (hasText(id)) notify(t(id), { error: true });
    else explain(error);
  }

  /** Somebody else's text is the one that counts now; mine waits beside it. */
  #conflict(winner) {
    const mine = this.#keptText;
    if (mine) {
      const waits = this.#mine;
      // One that waits already is not written over.
      const text = waits && waits.text !== mine.text ? `${waits.text}\n\n${mine.text}` : mine.text;
      this.#mine = { ...mine, text, winner };
      unsent.set(this.#key, null);
    }
    notify(t("seen.conflict", { winner }), { error: true });
  }

  /** My text that waits beside somebody else's, also after a reload. */
  get #mine() {
    return unsent.get(`${this.#key}.mine`);
  }

  set #mine(mine) {
    unsent.set(`${this.#key}.mine`, mine);
    this.#drawMine();
  }

  #drawMine() {
    const mine = this.#mine;
    $("conflict").hidden = !mine;
    if (!mine) return;
    this.#wantsNew = true;
    $("conflict-title").textContent = t("seen.conflict", { winner: mine.winner });
    $("conflict-text").textContent = mine.text;
  }

  #useMine() {
    const mine = this.#mine;
    if (!mine) return;
    const before = this.#dirty ? $("text").value : null;
    this.#mine = null;
    this.#wantsNew = true;
    this.#put(mine.text);
    if (before) offerUndo(t("seen.conflict_used"), () => this.#putBack(before, mine));
  }

  #putBack(text, mine) {
    this.#mine = mine;
    this.#put(text);
  }

  #put(text) {
    $("text").value = text;
    this.#typed();
    $("text").focus();
  }

  #dropMine() {
    const mine = this.#mine;
    this.#mine = null;
    offerUndo(t("seen.conflict_dropped"), () => {
      this.#mine = mine;
    });
    $("text").focus();
  }
}
