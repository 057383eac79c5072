/** "The assistant was wrong here": an answer goes to the editors, with a remark. */

import { api } from "../staff/api.js";
import { $, h } from "../staff/dom.js";
import { notify } from "../staff/notices.js";
import { t } from "../staff/page.js";
import { explain } from "../staff/work.js";

/** The button under an answer of the assistant. */
export function reportButton(message) {
  if (message.author !== "bot") return null;
  return h(
    "button",
    { type: "button", className: "report", "data-report": String(message.seq) },
    t("console.report"),
  );
}

/** Asks for the remark and sends it; `conversation()` gives the id of the one that is shown. */
export function watchReports(conversation) {
  const dialog = $("report-dialog");
  let reported = null;
  $("transcript").addEventListener("click", ({ target }) => {
    const button = target.closest("[data-report]");
    if (!button) return;
    reported = { id: conversation(), seq: Number(button.dataset.report) };
    $("report-remark").value = "";
    dialog.showModal();
  });
  dialog.querySelector("form").addEventListener("submit", () => {
    send(reported, $("report-remark").value.trim());
  });
}

async function send({ id, seq }, remark) {
  try {
    await api("POST", `/api/conversations/${id}/reports`, { seq, remark });
    notify(t("console.report_sent"));
  } catch (error) {
    explain(error);
  }
}
