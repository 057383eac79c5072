/** Moving a case: transfer it with a note, take it from a colleague, open a resolved one again. */

import { api } from "../staff/api.js";
import { $, button, h } from "../staff/dom.js";
import { hasText, page, t } from "../staff/page.js";
import { kept } from "../staff/session.js";
import { explain } from "../staff/work.js";

/** What a case waits for, in words. */
export function needName(code) {
  const [kind, value] = code.split(":");
  if (kind === "site") {
    const site = page.sites.find(({ id }) => id === value);
    return t("case.need_site", { site: site?.name ?? value });
  }
  const id = value ? `case.need_${kind}_${value}` : `case.need_${kind}`;
  return hasText(id) ? t(id) : code;
}

export class Moves {
  #form = $("transfer-form");
  #case = null;
  #verb;

  /** `verb(path, body, done)` runs one verb and shows the case as it stands then. */
  constructor(verb) {
    this.#verb = verb;
    this.#form.addEventListener("change", () => this.#follow());
    this.#form.elements.note.addEventListener("input", ({ target }) => {
      kept.set(this.#key, target.value || null);
    });
    this.#form.addEventListener("submit", () => this.#transfer());
  }

  /** The buttons for what this agent may do with the case. */
  buttons({ conversation, handoff, may }) {
    const made = [];
    if (may.take) {
      const name = handoff.agent_name ?? "";
      made.push(
        button(t("case.take_from", { name }), () =>
          this.#verb(
            `/api/handoffs/${handoff.id}/take-over`,
            { epoch: conversation.epoch },
            "case.taken_from",
          ),
        ),
      );
    }
    if (may.transfer) {
      made.push(button(t("case.transfer"), () => this.#ask(conversation, handoff)));
    }
    if (may.reopen) {
      made.push(
        button(t("case.reopen"), () =>
          this.#verb(`/api/handoffs/${may.reopen}/reopen`, {}, "case.reopened"),
        ),
      );
    }
    return made;
  }

  get #key() {
    return `transfer.${this.#case.handoff}`;
  }

  async #ask(conversation, handoff) {
    this.#case = { handoff: handoff.id, epoch: conversation.epoch };
    let colleagues;
    try {
      colleagues = await api("GET", "/api/colleagues");
    } catch (error) {
      explain(error);
      return;
    }
    this.#offer(colleagues.filter(({ name }) => name !== conversation.agent_name));
    this.#form.elements.note.value = kept.get(this.#key) ?? "";
    $("transfer").showModal();
  }

  #offer(colleagues) {
    const present = colleagues.filter(({ away }) => !away);
    this.#form.elements.agent_id.replaceChildren(
      ...colleagues.map(({ id, name, away }) =>
        h(
          "option",
          { value: id, disabled: away },
          away ? t("case.transfer_away", { name }) : name,
        ),
      ),
    );
    if (present.length) this.#form.elements.agent_id.value = present[0].id;
    this.#form.elements.need.replaceChildren(
      h("option", { value: "" }, t("case.transfer_anyone")),
      ...page.needs.map((code) => h("option", { value: code }, needName(code))),
    );
    $("transfer-nobody").hidden = present.length > 0;
    for (const choice of this.#form.elements.to) {
      if (choice.value === "agent") choice.disabled = !present.length;
      choice.checked = choice.value === (present.length ? "agent" : "queue");
    }
    this.#follow();
  }

  #follow() {
    const toAgent = this.#form.elements.to.value === "agent";
    $("transfer-agent-row").hidden = !toAgent;
    $("transfer-queue-row").hidden = toAgent;
  }

  async #transfer() {
    const { to, agent_id: who, need, note } = this.#form.elements;
    const { handoff, epoch } = this.#case;
    const key = this.#key;
    const target =
      to.value === "agent"
        ? { to: "agent", agent_id: who.value }
        : { to: "queue", need: need.value || null };
    const body = { ...target, note: note.value, epoch };
    const done = await this.#verb(`/api/handoffs/${handoff}/transfer`, body, "case.transferred");
    // A note that did not arrive is offered again.
    if (done) kept.set(key, null);
  }
}
