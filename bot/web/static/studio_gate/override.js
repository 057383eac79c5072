/** Leave to publish a text that is held back: asked for by one person, given by another. */

import { api } from "../staff/api.js";
import { button, h } from "../staff/dom.js";
import { notify } from "../staff/notices.js";
import { page, t } from "../staff/page.js";
import { keepField, unsent } from "../staff/unsent.js";
import { explain } from "../staff/work.js";
import { findingWords } from "../studio/problems.js";
import { when } from "../studio/words.js";

const reviews = page.me.roles.includes("reviewer");

/** Draws into `place` what there is to say about overriding; `changed(override)` after a step. */
export function drawOverride(place, look, draft, changed) {
  const { report, override } = look;
  const shown = JSON.stringify([look.id, override?.id, override?.state]);
  if (place.dataset.shown === shown) return;
  place.dataset.shown = shown;
  place.hidden = report.blocks === 0;
  if (place.hidden) return;
  const title = h("h3", {}, t("gate.override"));
  if (!report.overridable) {
    place.replaceChildren(title, h("p", {}, t("gate.override_never")));
  } else if (!override || override.state === "declined") {
    const declined = override ? [decided(override)] : [];
    place.replaceChildren(title, ...declined, form(look, draft, changed));
  } else {
    place.replaceChildren(title, card(override, changed));
  }
}

/** One override with what this person may do about it. */
export function card(override, changed) {
  const { asked_name: name, asked_at: at, reason, remark } = override;
  const step = (path, body, done) => run(`/api/overrides/${override.id}/${path}`, body, done, changed);
  const parts = [
    h("p", {}, t("gate.asked_by", { name, date: when(at) })),
    h("blockquote", { className: "gate-reason" }, reason),
  ];
  if (override.state !== "asked") return h("div", {}, ...parts, decided(override));
  if (override.asked_by_me) {
    const back = button(t("gate.withdraw"), () => step("withdraw", {}, "gate.withdrawn_done"));
    return h("div", {}, ...parts, h("p", { className: "help" }, t("gate.waits")), back);
  }
  if (!reviews || override.mine) return h("div", {}, ...parts, h("p", { className: "help" }, t("gate.waits")));
  const id = `gate-remark-${override.id}`;
  const key = `gate.remark.${override.id}`;
  const input = h("input", { className: "field", id, maxLength: 400 });
  keepField(input, key, remark);
  const decide = async (grant) => {
    const body = { grant, remark: input.value.trim() };
    const done = await step("decide", body, grant ? "gate.granted_done" : "gate.declined_done");
    if (done) unsent.set(key, null);
  };
  return h(
    "div",
    {},
    ...parts,
    h("label", { htmlFor: id }, t("gate.remark")),
    input,
    h(
      "div",
      { className: "gate-steps" },
      button(t("gate.decline"), () => decide(false)),
      button(t("gate.grant"), () => decide(true), "primary"),
    ),
  );
}

function form(look, draft, changed) {
  const key = `gate.${draft.id}`;
  const area = h("textarea", {
    className: "field",
    id: "gate-reason",
    rows: 3,
    maxLength: 400,
    "aria-describedby": "gate-reason-problem",
  });
  keepField(area, key);
  const problem = h("p", { className: "problems", id: "gate-reason-problem", role: "alert" });
  const ask = async () => {
    try {
      const body = { check: look.id, reason: area.value.trim() };
      const made = await api("POST", `/api/versions/${draft.id}/override`, body);
      unsent.set(key, null);
      notify(t("gate.asked_sent"));
      changed(made);
    } catch (error) {
      if (!error.code) throw error;
      area.setAttribute("aria-invalid", "true");
      const found = error.data.findings?.map(findingWords).join(" ");
      problem.textContent = found ?? (error.field ? error.advice : error.words);
      area.focus();
    }
  };
  return h(
    "div",
    {},
    h("p", { className: "help" }, t("gate.override_help")),
    h("label", { htmlFor: "gate-reason" }, t("gate.reason")),
    area,
    problem,
    h("div", { className: "gate-steps" }, button(t("gate.ask"), ask)),
  );
}

function decided({ state, decided_name: name, remark }) {
  const words = t(state === "granted" ? "gate.granted" : "gate.declined", { name });
  return h("p", { className: `gate-decided ${state}` }, h("strong", {}, words), remark ? ` – ${remark}` : "");
}

/** Whether it was done. */
async function run(path, body, done, changed) {
  try {
    const shown = await api("POST", path, body);
    notify(t(done));
    changed(shown.state === "withdrawn" ? null : shown);
    return true;
  } catch (error) {
    explain(error);
    return false;
  }
}
