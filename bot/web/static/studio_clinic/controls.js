/** The controls of single fields, one for each kind; `fields.js` puts label and help around them. */

import { h, newId } from "../staff/dom.js";
import { page, t } from "../staff/page.js";
import { optionTitle, unitTitle } from "./labels.js";

const SHORT = 60;

/** One input, or what looks like one. */
function single(input, { after = null, own = false } = {}) {
  input.id ||= newId();
  return {
    node: after ? h("div", { className: "with-unit" }, input, after) : input,
    inputs: [input],
    own,
    get value() {
      return input.type === "checkbox" ? input.checked : input.value;
    },
    focus: () => input.focus(),
  };
}

export function plain(field, path, value, form, { bare }) {
  const long = !bare && String(value ?? "").length > SHORT;
  const types = { url: "url", email: "email", phone: "tel", date: "date" };
  const input = long
    ? h("textarea", { className: "field", rows: 2, value: value ?? "" })
    : h("input", { className: "field", type: types[field.kind] ?? "text", value: value ?? "", autocomplete: "off" });
  if (field.name.endsWith("_es")) input.lang = "es";
  return single(input);
}

export function number(field, path, value) {
  const unit = field.kind === "usd" ? "usd" : field.unit;
  const input = h("input", { className: "field short", type: "text", inputMode: "decimal", value: value ?? "", autocomplete: "off" });
  return single(input, { after: unit ? h("span", { className: "unit" }, unitTitle(unit)) : null });
}

export function truth(field, path, value, form, { bare, title }) {
  const input = h("input", { type: "checkbox", checked: Boolean(value) });
  const control = single(input, { own: true });
  if (!bare) control.node = h("label", { className: "check" }, input, ` ${title}`);
  return control;
}

export function choice(field, path, value) {
  const none = h("option", { value: "" }, t("clinic.choose"));
  const options = field.options.map((one) => h("option", { value: one }, optionTitle(field.name, one)));
  const input = h("select", { className: "field" }, value ? null : none, options);
  input.value = value ?? "";
  return single(input);
}

export function bilingual(field, path, value, form, { bare }) {
  const inputs = ["en", "es"].map((language) => {
    const text = value?.[language] ?? "";
    const name = t(language === "en" ? "clinic.english" : "clinic.spanish");
    const common = { className: "field", id: newId(), lang: language, value: text, "aria-label": name, autocomplete: "off" };
    const long = field.kind === "sentence" || text.length > SHORT;
    return long && !bare ? h("textarea", { ...common, rows: 2 }) : h("input", { ...common, type: "text" });
  });
  const pair = ["EN", "ES"].map((code, at) => h("div", { className: "said" }, h("span", { className: "code", "aria-hidden": "true" }, code), inputs[at]));
  return {
    node: h("div", { className: "pair" }, pair),
    inputs,
    group: true,
    get value() {
      return { en: inputs[0].value, es: inputs[1].value };
    },
    focus: () => (inputs.find((one) => !one.value) ?? inputs[0]).focus(),
  };
}

export function lines(field, path, value) {
  const text = (value ?? []).join(", ");
  const input = text.length > SHORT
    ? h("textarea", { className: "field", rows: 2, value: text })
    : h("input", { className: "field", type: "text", value: text, autocomplete: "off" });
  input.title = t("clinic.lines_help");
  const control = single(input);
  return { ...control, get value() {
    return input.value.split(/[,\n]/u).map((one) => one.trim()).filter(Boolean);
  } };
}

function several(options, chosen) {
  const inputs = options.map(([value, title]) => {
    const input = h("input", { type: "checkbox", value, id: newId(), checked: chosen.includes(value), "aria-label": title });
    return { input, node: h("label", { className: "check" }, input, ` ${title}`) };
  });
  return {
    node: h("div", { className: "checks" }, inputs.map((one) => one.node)),
    inputs: inputs.map((one) => one.input),
    group: true,
    get value() {
      return inputs.filter(({ input }) => input.checked).map(({ input }) => input.value);
    },
    focus: () => inputs[0]?.input.focus(),
  };
}

export function references(field, path, value, form) {
  const known = form.named(field.of);
  const kept = (value ?? []).filter((one) => !known.some(([id]) => id === one)).map((one) => [one, one]);
  return several([...known, ...kept], value ?? []);
}

export function languages(field, path, value) {
  const chosen = value ?? [];
  // Those that are spoken first: the list of all others is long.
  const rank = ([code]) => (chosen.includes(code) || ["en", "es"].includes(code) ? 0 : 1);
  const all = Object.entries(page.spoken).sort((a, b) => rank(a) - rank(b) || a[1].localeCompare(b[1]));
  return several(all, chosen);
}

export function minutes(field, path, value, form, { title }) {
  const inputs = field.options.map((reason) => {
    const input = h("input", { className: "field short", type: "text", inputMode: "numeric", id: newId(), value: value?.[reason] ?? "" });
    input.dataset.reason = reason;
    return input;
  });
  const label = (input) => h("label", { htmlFor: input.id }, t(`console.reason_${input.dataset.reason}`));
  return {
    node: h("details", {}, h("summary", {}, title), h("div", { className: "reasons" }, inputs.map((one) => h("div", {}, label(one), one)))),
    inputs,
    own: true,
    get value() {
      return Object.fromEntries(inputs.filter((one) => one.value.trim()).map((one) => [one.dataset.reason, one.value]));
    },
    focus: () => inputs[0].focus(),
  };
}
