/** Answers that agents reported: what was asked, what they say is wrong, and how it ended. */

import { api } from "../staff/api.js";
import { $, button, h, reconcile } from "../staff/dom.js";
import { notify, offerUndo } from "../staff/notices.js";
import { t } from "../staff/page.js";
import { explain } from "../staff/work.js";
import { when } from "./words.js";

const EVERY_MS = 60_000;

export class Reported {
  #closing = null;

  #any = true;

  constructor() {
    $("reported-form").addEventListener("submit", (event) => this.#close(new FormData(event.target)));
    setInterval(() => this.refresh(), EVERY_MS);
    this.refresh();
  }

  /** Reads the list again. */
  async refresh() {
    try {
      const found = await api("GET", "/api/reported-answers", undefined, { background: true });
      this.#draw(found.open);
    } catch (error) {
      explain(error, { background: true });
    }
  }

  #draw(reports) {
    $("reported-count").textContent = reports.length || "";
    // Without a report the list of articles has the room; a new one shows itself.
    if (this.#any !== reports.length > 0) $("reported").open = reports.length > 0;
    this.#any = reports.length > 0;
    $("reported-empty").hidden = this.#any;
    reconcile($("reported-items"), reports, {
      key: (report) => report.id,
      create: (report) => h("li", { className: "report-item" }, this.#card(report)),
    });
  }

  #card(report) {
    const { question, remark } = report.note;
    const facts = t("studio.reported_by", { name: report.created_by, time: when(report.created_at) });
    return [
      told("studio.reported_question", question, report.language),
      remark ? told("studio.reported_remark", remark) : null,
      h("p", { className: "help" }, facts),
      h(
        "div",
        { className: "report-actions" },
        this.#article(report),
        button(t("studio.reported_close"), () => this.#ask(report)),
      ),
    ];
  }

  #article({ detail, title, language }) {
    if (!detail.slug) {
      return h("span", { className: "help" }, t("studio.reported_text", { id: detail.text_id ?? "" }));
    }
    return h("a", { href: `#${detail.slug}/${language}` }, t("studio.reported_open", { title }));
  }

  #ask(report) {
    this.#closing = report;
    $("reported-dialog").showModal();
  }

  async #close(form) {
    const path = `/api/follow-ups/${this.#closing.id}`;
    try {
      await api("POST", `${path}/done`, { outcome: form.get("outcome") });
      offerUndo(t("studio.reported_closed"), () => this.#reopen(path));
    } catch (error) {
      explain(error);
    }
    await this.refresh();
    $("reported-summary").focus();
  }

  async #reopen(path) {
    try {
      await api("POST", `${path}/reopen`, {});
      notify(t("studio.reported_undone"));
    } catch (error) {
      explain(error);
    }
    await this.refresh();
  }
}

function told(label, text, language) {
  return h("p", {}, h("strong", {}, `${t(label)}: `), h("span", { lang: language }, text));
}
