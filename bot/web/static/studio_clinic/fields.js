/**
 * The controls of a form, one for each kind of field. A control is `{node, value, focus, place}`:
 * what is drawn, what is typed, where the keyboard goes, and where a problem is told.
 */

import { h, newId } from "../staff/dom.js";
import { page, t } from "../staff/page.js";
import {
  bilingual,
  choice,
  languages,
  lines,
  minutes,
  number,
  plain,
  references,
  truth,
} from "./controls.js";
import { fieldTitle } from "./labels.js";
import { rowsControl } from "./rows.js";
import { spansControl, weekControl } from "./week.js";

/** A whole table of fields: `{node, value, find(path)}`. `path` begins with the part. */
export function tableControl(fields, path, value, form) {
  const controls = new Map();
  const node = h("div", { className: "fields" });
  for (const field of fields) {
    const control = fieldControl(field, [...path, field.name], value?.[field.name], form);
    controls.set(field.name, control);
    node.append(control.node);
  }
  return {
    node,
    controls,
    get value() {
      return Object.fromEntries([...controls].map(([name, control]) => [name, control.value]));
    },
    /** The control that a path leads to, or the nearest one around it. */
    find([name, ...rest]) {
      const control = controls.get(name);
      return (rest.length && control?.find?.(rest)) || control;
    },
  };
}

/** One field with its label, help and place for problems. `bare`: the label is for the ear only. */
export function fieldControl(field, path, value, form, { bare = false } = {}) {
  const title = fieldTitle(path.filter((step) => typeof step === "string"));
  const make = MAKERS[field.kind] ?? plain;
  // Rows hold fields again: they are told how those are made.
  const control = make(field, path, value, form, { bare, title, fieldControl, tableControl });
  const problems = h("div", { className: "problems", id: newId() });
  control.field = field;
  control.path = path;
  control.place = problems;
  if (control.whole) {
    control.node = h("div", { className: "field-block" }, control.node, problems);
    return control;
  }
  const words = bare ? "" : helpWords(field);
  const help = words ? h("p", { className: "help", id: newId() }, words) : null;
  const described = [help?.id, problems.id].filter(Boolean).join(" ");
  for (const input of control.inputs) {
    input.setAttribute("aria-describedby", described);
    if (bare) input.setAttribute("aria-label", control.inputs.length > 1 ? `${title}: ${input.ariaLabel}` : title);
    if (field.required && control.inputs.length === 1) input.setAttribute("aria-required", "true");
  }
  const optional = field.required ? null : h("span", { className: "optional" }, ` (${t("clinic.optional")})`);
  let name = null;
  if (!bare && control.group) name = h("legend", {}, title, optional);
  else if (!bare && !control.own) name = h("label", { htmlFor: control.inputs[0].id }, title, optional);
  control.node = h(control.group && !bare ? "fieldset" : "div", { className: `field-block kind-${field.kind}` }, name, control.node, help, problems);
  return control;
}

/** What the model says of a field is English; a Spanish label says it by itself. */
function helpWords(field) {
  if (field.kind === "references" && !field.required) return t("clinic.all_sites");
  return page.language === "en" ? field.help.replaceAll("`", "") : "";
}

const MAKERS = {
  number,
  usd: number,
  bool: truth,
  choice,
  sentence: bilingual,
  phrase: bilingual,
  words: bilingual,
  lines,
  references,
  languages,
  minutes,
  spans: spansControl,
  week: weekControl,
  rows: rowsControl,
};
