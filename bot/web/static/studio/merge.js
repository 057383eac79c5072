/**
 * Two people changed one text: what the other did, what I did, and where a choice is needed.
 *
 * Nothing is decided by the page. The result goes back into the form, where it can be edited.
 */

import { api } from "../staff/api.js";
import { $, h, icon } from "../staff/dom.js";
import { t } from "../staff/page.js";

/**
 * Shows the three texts and resolves with the values that come of them, or with null when the
 * person wants to look again later.
 */
export async function mergeTexts({ base, theirs, mine, name, language }) {
  const fields = await api("POST", "/api/merge", { base, theirs, mine });
  const form = $("merge-form");
  const shown = fields.map((field, number) => new Field(field, number, name, language));
  const conflicts = fields.filter((field) => field.conflict).length;
  $("merge-intro").textContent = t("editor.merge_intro", { name });
  $("merge-count").textContent = count(conflicts);
  $("merge-fields").replaceChildren(...shown.map((one) => one.node));
  return new Promise((resolve) => {
    let result = null;
    form.onsubmit = (event) => {
      const open = shown.find((one) => !one.chosen());
      if (open) {
        event.preventDefault();
        open.ask();
        return;
      }
      result = Object.assign({ ...mine }, ...shown.map((one) => one.value()));
    };
    $("merge-dialog").onclose = () => resolve(result);
    $("merge-dialog").showModal();
    $("merge-title").focus();
  });
}

function count(conflicts) {
  if (conflicts === 0) return t("editor.merge_none");
  return conflicts === 1 ? t("editor.merge_one") : t("editor.merge_many", { count: conflicts });
}

class Field {
  constructor(field, number, name, language) {
    this.field = field;
    this.id = `merge-${number}`;
    this.name = name;
    this.language = language;
    this.choices = [];
    this.node = h(
      "section",
      { className: "merge-field", "aria-labelledby": this.id },
      h(
        "h3",
        { id: this.id },
        t(`studio.field_${field.field}`),
        ...field.by.map((who) => this.#badge(who)),
      ),
      this.#body(),
    );
  }

  /** Whether every choice is made. */
  chosen() {
    return this.choices.every(({ node }) => node.querySelector(":checked"));
  }

  ask() {
    const open = this.choices.find(({ node }) => !node.querySelector(":checked"));
    open.problem.replaceChildren(icon("alert"), h("span", {}, t("editor.merge_choose")));
    open.node.querySelector("input").focus();
  }

  value() {
    const { field, kind } = this.field;
    if (kind === "list") return { [field]: this.field.merged };
    if (kind === "value") {
      return { [field]: this.choices.length ? this.#chosen(0) : this.field.merged };
    }
    let at = 0;
    const said = this.field.parts.map((part) =>
      part.kind === "conflict" ? this.#chosen(at++) : part.text,
    );
    return { [field]: said.join("") };
  }

  #chosen(at) {
    const { node, texts } = this.choices[at];
    return texts[node.querySelector(":checked").value];
  }

  #badge(who) {
    const text = who === "mine" ? t("editor.merge_mine") : t("editor.merge_theirs", { name: this.name });
    return h("span", { className: `badge ${who === "mine" ? "ok" : "info"}` }, text);
  }

  #body() {
    if (this.field.kind === "list") return this.#list();
    if (this.field.kind === "value") return this.#value();
    return h(
      "div",
      { className: "merge-text", lang: this.language },
      this.field.parts.map((part) => this.#part(part)),
    );
  }

  #part(part) {
    if (part.kind === "conflict") return this.#conflict(part);
    if (part.kind === "same") return h("span", {}, part.text);
    const who = part.kind === "theirs" ? this.name : t("editor.merge_you");
    const gone = part.base && !part.text;
    const label = t(gone ? "editor.merge_removed" : "editor.merge_changed", { name: who });
    const shown = gone
      ? h("del", {}, part.base)
      : h("ins", { className: part.kind }, part.text);
    return h("span", {}, h("span", { className: "visually-hidden", lang: "" }, `${label} `), shown);
  }

  #conflict({ base, theirs, mine }) {
    const both = [theirs, mine].filter((text) => text.trim()).join(/\n/u.test(theirs + mine) ? "\n" : " ");
    const texts = { theirs, mine, both, base };
    const options = [
      ["theirs", t("editor.merge_theirs_option", { name: this.name })],
      ["mine", t("editor.merge_mine_option")],
      ...(both === theirs || both === mine ? [] : [["both", t("editor.merge_both_option")]]),
      ["base", t("editor.merge_base_option")],
    ];
    return this.#choice(texts, options);
  }

  #choice(texts, options) {
    const group = `${this.id}-${this.choices.length}`;
    const problem = h("p", { className: "problems merge-problem", role: "alert" });
    const node = h(
      "fieldset",
      { className: "merge-choice" },
      h("legend", {}, t("editor.merge_conflict")),
      options.map(([value, label]) =>
        h(
          "label",
          { className: "merge-option" },
          h("input", {
            type: "radio",
            name: group,
            value,
            on: { change: () => problem.replaceChildren() },
          }),
          h("span", { className: "merge-who" }, label),
          h(
            "span",
            { className: "merge-words", lang: this.language },
            String(texts[value] || "").trim() || t("editor.merge_nothing"),
          ),
        ),
      ),
      problem,
    );
    this.choices.push({ node, texts, problem });
    return node;
  }

  #value() {
    const { base, theirs, mine, merged, conflict } = this.field;
    if (!conflict) return h("p", {}, merged || t("editor.merge_nothing"));
    return this.#choice({ base, theirs, mine }, [
      ["theirs", t("editor.merge_theirs_option", { name: this.name })],
      ["mine", t("editor.merge_mine_option")],
      ["base", t("editor.merge_base_option")],
    ]);
  }

  #list() {
    const { added, removed, merged } = this.field;
    const line = (who, id, items) =>
      items.map((item) =>
        h(
          "li",
          {},
          `${t(id, { name: who === "mine" ? t("editor.merge_you") : this.name })} `,
          h(id.endsWith("removed") ? "del" : "ins", { lang: this.language, className: who }, words(item)),
        ),
      );
    return h(
      "div",
      {},
      h("p", { className: "help" }, t("editor.merge_list", { count: merged.length })),
      h(
        "ul",
        { className: "merge-list" },
        ["theirs", "mine"].flatMap((who) => [
          ...line(who, "editor.merge_added", added[who]),
          ...line(who, "editor.merge_removed", removed[who]),
        ]),
      ),
    );
  }
}

function words(item) {
  return typeof item === "string" ? item : [item.title, item.url].filter(Boolean).join(" – ");
}
