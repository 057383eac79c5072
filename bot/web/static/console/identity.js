/**
 * Whom the agent speaks with. The reminder is only a reminder: nothing here keeps anyone from
 * sending general help.
 */

import { api } from "../staff/api.js";
import { $, h, icon, reconcile } from "../staff/dom.js";
import { announce } from "../staff/notices.js";
import { page, t } from "../staff/page.js";
import { at } from "../staff/words.js";
import { explain } from "../staff/work.js";

export class Identity {
  #form = $("identity-form");
  #handoff = null;
  #reload;

  constructor(reload) {
    this.#reload = reload;
    this.#form.elements.method.replaceChildren(
      h("option", { value: "" }, t("case.choose")),
      ...page.identity_methods.map(({ id, name }) => h("option", { value: id }, name)),
    );
    $("identity-reminder").prepend(icon("lock"));
    $("identity-check").addEventListener("click", () => this.#ask());
    this.#form.addEventListener("change", () => this.#follow());
    this.#form.addEventListener("submit", () => this.#save());
  }

  /** The checks of the case that is shown, and whether one is called for. */
  show({ identity, handoff, may }) {
    const now = identity.checks.filter((check) => check.this_case);
    const verified = now.some((check) => check.verified);
    this.#handoff = handoff?.id ?? null;
    $("identity-reminder").hidden = !identity.needed || verified || !handoff;
    $("identity-none").hidden = identity.checks.length > 0;
    const possible = may.check_identity && page.identity_methods.length > 0;
    $("identity-check").hidden = !possible;
    $("identity-check").textContent = t(now.length ? "case.identity_again" : "case.identity_check");
    $("identity-missing").hidden = !may.check_identity || page.identity_methods.length > 0;
    reconcile($("identity-checks"), identity.checks, {
      key: (check) => check.id,
      create: (check) => drawn(check),
    });
  }

  #ask() {
    this.#form.reset();
    this.#follow();
    $("identity").showModal();
  }

  #follow() {
    const other = this.#form.elements.concerns.value !== "self";
    const verified = this.#form.elements.verified.value === "yes";
    $("identity-other").hidden = !other;
    for (const name of ["patient", "authority"]) {
      this.#form.elements[name].required = other && verified;
    }
  }

  async #save() {
    const { who, concerns, patient, authority, method, verified } = this.#form.elements;
    const other = concerns.value !== "self";
    try {
      await api("POST", `/api/handoffs/${this.#handoff}/identity`, {
        who: who.value,
        concerns: concerns.value,
        patient: other ? patient.value : "",
        authority: other ? authority.value : "",
        method: method.value,
        verified: verified.value === "yes",
      });
      this.#form.reset();
      announce(t("case.identity_saved"));
    } catch (error) {
      explain(error);
    }
    await this.#reload();
    $("identity-check").focus();
  }
}

function drawn(check) {
  const head = t(check.verified ? "case.checked_yes" : "case.checked_no", {
    name: check.agent_name,
    time: at(check.at),
  });
  const method = page.identity_methods.find(({ id }) => id === check.method);
  return h(
    "li",
    { className: check.verified ? "check verified" : "check" },
    h("p", { className: "check-head" }, head),
    h("p", {}, person(check)),
    h("p", { className: "hint" }, method?.name ?? check.method),
    check.this_case ? null : h("p", { className: "hint" }, t("case.checked_earlier")),
  );
}

function person(check) {
  if (check.concerns !== "self" && !(check.patient && check.authority)) {
    return t("case.said_for_unknown", check);
  }
  return t(`case.said_${check.concerns}`, check);
}
