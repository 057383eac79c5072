/** Lists of entries: as a table where an entry is small, as cards where it is not. */

import { button, h, newId } from "../staff/dom.js";
import { offerUndo } from "../staff/notices.js";
import { t } from "../staff/page.js";
import { entryName, fieldTitle } from "./labels.js";

const FILTER_FROM = 8;
const FIRST = ["payer", "products", "network", "last_verified"];
const TABLE_KINDS = new Set(["text", "choice", "lines", "date", "phrase", "words", "number", "usd", "bool"]);

/** Whether the entries fit the columns of a table. */
function isSmall(fields) {
  return fields.length <= 7 && fields.every(({ kind }) => TABLE_KINDS.has(kind));
}

/** What is looked at most stands first; the rest keeps the order of the model. */
function ordered(fields) {
  const rank = ({ name }) => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length);
  if (!fields.some(({ name }) => name === "payer")) return fields;
  return [...fields].sort((one, other) => rank(one) - rank(other));
}

/** `path` is that of the list; entries are numbered from 0 in it. `make` makes their fields. */
export function rowsControl(field, path, value, form, make) {
  const fields = ordered(field.fields);
  const title = path.length > 1 ? fieldTitle(path) : null;
  const small = isSmall(fields);
  const rows = [];
  const list = small ? h("tbody", {}) : h("ul", { className: "cards" });
  const empty = h("p", { className: "help" }, t("clinic.rows_none"));
  const draw = () => {
    empty.hidden = rows.length > 0;
    rows.forEach((row, at) => row.number(at));
  };
  const append = (given, at = rows.length) => {
    const row = (small ? tableRow : card)(fields, path, given, form, make, () => remove(row));
    rows.splice(at, 0, row);
    list.insertBefore(row.node, list.children[at] ?? null);
    draw();
    return row;
  };
  const remove = (row) => {
    const at = rows.indexOf(row);
    const given = row.value;
    rows.splice(at, 1);
    row.node.remove();
    draw();
    form.changed();
    offerUndo(t("clinic.removed"), () => {
      append(given, at).focus();
      form.changed();
    });
    (rows[Math.min(at, rows.length - 1)] ?? { focus: () => add.focus() }).focus();
  };
  const start = (given = {}) => {
    const row = append(given);
    row.node.hidden = false;
    row.focus();
    form.changed();
    return row;
  };
  const add = button(title ? t("clinic.add_to", { name: title }) : t("clinic.add"), () => start());
  for (const given of value ?? []) append(given);
  draw();
  const shown = small ? table(fields, path, list, title) : list;
  const node = h("div", { className: "rows-control" }, title && !small ? h("h3", {}, title) : null, filter(rows), empty, shown, add);
  return {
    node,
    whole: true,
    inputs: [],
    rows,
    start,
    get value() {
      return rows.map((row) => row.value);
    },
    focus: () => (rows[0] ?? { focus: () => add.focus() }).focus(),
    find([at, ...rest]) {
      const row = rows[at];
      if (row) row.node.hidden = false;
      return row?.find(rest);
    },
  };
}

function table(fields, path, body, title) {
  const heads = fields.map((field) => h("th", { scope: "col" }, fieldTitle([...path, field.name])));
  const last = h("th", { scope: "col" }, h("span", { className: "visually-hidden" }, t("clinic.remove")));
  const caption = title ? h("caption", {}, title) : null;
  return h("div", { className: "scroll", tabIndex: 0, role: "group", "aria-label": title ?? t("clinic.parts") }, h("table", { className: "entries" }, caption, h("thead", {}, h("tr", {}, heads, last)), body));
}

function tableRow(fields, path, value, form, { fieldControl }, remove) {
  const controls = fields.map((field) => fieldControl(field, [...path, field.name], value[field.name], form, { bare: true }));
  const button = remover(remove);
  const cells = controls.map((control, at) => {
    const cell = h("td", {}, control.node);
    cell.dataset.label = fieldTitle([...path, fields[at].name]);
    return cell;
  });
  const node = h("tr", {}, cells, h("td", {}, button));
  const row = {
    node,
    get value() {
      return Object.fromEntries(controls.map((control) => [control.field.name, control.value]));
    },
    focus: () => controls[0].focus(),
    number: (at) => name(button, at, row.value),
    find: ([field]) => controls.find((control) => control.field.name === field),
  };
  return row;
}

function card(fields, path, value, form, { tableControl }, remove) {
  const inner = tableControl(fields, path, value, form);
  const button = remover(remove);
  const legend = h("legend", {}, "");
  const node = h("li", { className: "card" }, h("fieldset", {}, legend, inner.node, button));
  const row = {
    node,
    get value() {
      return inner.value;
    },
    focus: () => [...inner.controls.values()][0].focus(),
    number(at) {
      const known = inner.value;
      legend.textContent = entryName({ ...known, name: known.name || known.payer });
      name(button, at, known);
    },
    find: (rest) => inner.find(rest),
  };
  node.addEventListener("input", () => {
    legend.textContent = entryName(inner.value);
  });
  return row;
}

function remover(act) {
  return button(t("clinic.remove"), act, "quiet small");
}

function name(button, at, value) {
  button.setAttribute("aria-label", t("clinic.remove_row", { number: at + 1, name: entryName(value) }));
}

/** A search among many entries; it hides the others and removes nothing. */
function filter(rows) {
  if (rows.length < FILTER_FROM) return null;
  const input = h("input", { className: "field", type: "search", id: newId(), "aria-label": t("clinic.filter"), placeholder: t("clinic.filter") });
  input.addEventListener("input", (event) => {
    event.stopPropagation();
    const wanted = input.value.trim().toLowerCase();
    for (const row of rows) {
      row.node.hidden = !JSON.stringify(Object.values(row.value)).toLowerCase().includes(wanted);
    }
  });
  return input;
}
