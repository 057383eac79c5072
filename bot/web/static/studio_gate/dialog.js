/**
 * The publish dialog: begins a look at the draft, follows it, and shows what it found.
 *
 * The look lives on the server: a lost connection, a closed dialog or a reload asks for the same one
 * again. Nothing is published before it is done, and the server looks again when it publishes.
 */

import { api } from "../staff/api.js";
import { $ } from "../staff/dom.js";
import { hasText, t } from "../staff/page.js";
import { isLeaving } from "../staff/session.js";
import { keepField, unsent } from "../staff/unsent.js";
import { explain } from "../staff/work.js";
import { drawOverride } from "./override.js";
import { drawReport } from "./report.js";

const noteKey = ({ id }) => `publish.${id}`;

/** It was published: the note need not be kept any more. */
export function forgetNote(draft) {
  unsent.set(noteKey(draft), null);
}

const EVERY_MS = 400;
const WHILE_OPEN_MS = 4000;
// Where each stage begins and ends on the bar.
const SHARE = { begun: [0, 2], index: [2, 20], golden: [20, 75], asked: [75, 99] };

export class PublishDialog {
  #draft = null;
  #look = null;
  #turn = 0;
  #goTo;

  /** `publish(draft, note)` is called when it may be; `goTo(field)` shows a field of the form. */
  constructor({ publish, goTo }) {
    this.#goTo = goTo;
    $("publish-form").addEventListener("submit", () => publish(this.#draft, $("note").value.trim()));
    $("gate-again").addEventListener("click", () => this.#begin());
    $("publish-dialog").addEventListener("close", () => {
      this.#turn += 1;
    });
  }

  /** Shows the dialog for a saved draft and begins to look at it. */
  open(draft) {
    this.#draft = draft;
    keepField($("note"), noteKey(draft));
    $("publish-dialog").showModal();
    this.#begin();
  }

  async #begin() {
    const turn = ++this.#turn;
    this.#clear();
    await this.#ask(turn, () => api("POST", `/api/versions/${this.#draft.id}/check`, {}));
    while (turn === this.#turn && $("publish-dialog").open) {
      const running = !this.#look || this.#look.state === "running";
      if (this.#look?.state === "failed" || this.#look?.state === "lost") return;
      await pause(running ? EVERY_MS : WHILE_OPEN_MS);
      if (turn !== this.#turn) return;
      await this.#ask(turn, () => this.#again());
    }
  }

  #again() {
    const path = this.#look
      ? ["GET", `/api/checks/${this.#look.id}`]
      : ["POST", `/api/versions/${this.#draft.id}/check`];
    return api(path[0], path[1], this.#look ? undefined : {}, { background: true });
  }

  /** One question to the server; what comes too late is not shown. */
  async #ask(turn, question) {
    let look;
    try {
      look = await question();
    } catch (error) {
      if (!error.code) throw error;
      if (turn !== this.#turn || isLeaving()) return;
      if (error.code === "offline") $("gate-stage").textContent = t("gate.offline");
      else this.#broken(error);
      return;
    }
    if (turn === this.#turn) this.#show(look);
  }

  #show(look) {
    const before = this.#look;
    this.#look = look;
    if (look.state === "running") {
      this.#drawProgress(look);
    } else if (look.state === "done") {
      this.#done(look, before?.state === "done");
    } else {
      this.#broken(null);
    }
  }

  #clear() {
    this.#look = null;
    $("gate-progress").hidden = false;
    $("gate-bar").value = 0;
    $("gate-stage").textContent = "";
    $("gate-verdict").textContent = "";
    $("gate-report").replaceChildren();
    $("gate-override").hidden = true;
    $("gate-override").replaceChildren();
    delete $("gate-override").dataset.shown;
    $("gate-again").hidden = true;
    $("gate-publish").disabled = true;
  }

  #drawProgress({ stage, done, total }) {
    const [from, to] = SHARE[stage] ?? [0, 2];
    $("gate-bar").value = from + (to - from) * (total ? Math.min(done / total, 1) : 0);
    const id = `gate.stage_${stage}`;
    $("gate-stage").textContent = hasText(id) ? t(id, { done, total }) : "";
  }

  #done(look, shownBefore) {
    const { report, override } = look;
    const passed = override?.state === "granted";
    $("gate-progress").hidden = true;
    $("gate-publish").disabled = report.blocks > 0 && !passed;
    const verdict = verdictOf(report, passed ? override : null);
    if ($("gate-verdict").textContent !== verdict) $("gate-verdict").textContent = verdict;
    $("gate-verdict").dataset.tone = report.blocks && !passed ? "danger" : "ok";
    if (!shownBefore) {
      $("gate-report").replaceChildren(...drawReport(report, (field) => this.#leaveFor(field)));
      // What was read last may be gone: the verdict is where it goes on.
      if (report.blocks) $("gate-verdict").focus();
    }
    drawOverride($("gate-override"), look, this.#draft, (shown) => {
      this.#done({ ...this.#look, override: shown }, true);
    });
  }

  #leaveFor(field) {
    $("publish-dialog").close();
    this.#goTo(field);
  }

  #broken(error) {
    $("gate-progress").hidden = true;
    $("gate-again").hidden = false;
    $("gate-verdict").dataset.tone = "danger";
    $("gate-verdict").textContent = t("gate.failed");
    if (error) explain(error);
  }
}

function verdictOf({ blocks }, override) {
  if (override) return t("gate.let_pass", { name: override.decided_name });
  if (!blocks) return t("gate.passes");
  return blocks === 1 ? t("gate.blocks_one") : t("gate.blocks_many", { count: blocks });
}

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
