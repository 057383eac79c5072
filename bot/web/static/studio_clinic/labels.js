/** What parts, fields and their values are called. */

import { hasText, page, t } from "../staff/page.js";
import { date } from "../studio/words.js";

const forms = new Map(page.forms.map((form) => [form.name, form]));

export function formOf(part) {
  return forms.get(part);
}

export function partTitle(part) {
  const id = `clinic_fields.part_${part}`;
  return hasText(id) ? t(id) : part;
}

/** `path`: the part, then the fields down to this one. */
export function fieldTitle(path) {
  const id = `clinic_fields.f_${path.join("_")}`;
  return hasText(id) ? t(id) : path.at(-1);
}

export function optionTitle(field, option) {
  const id = `clinic_fields.o_${field}_${option}`;
  return hasText(id) ? t(id) : option;
}

export function unitTitle(unit) {
  return t(`clinic_fields.u_${unit}`);
}

/** A stored value in words. */
export function said(value) {
  if (value === null || value === undefined || value === "") return t("clinic.nothing");
  if (typeof value === "boolean") return value ? "✓" : "✗";
  if (Array.isArray(value)) return value.map((one) => (typeof one === "object" ? entryName(one) : one)).join(", ");
  if (typeof value === "object") {
    if ("en" in value || "es" in value) return value[page.language] ?? value.en ?? value.es;
    return entryName(value);
  }
  return /^\d{4}-\d\d-\d\d$/u.test(value) ? date(value) : String(value);
}

/** What an entry of a list is called. */
export function entryName(row) {
  const name = row.payer ?? row.name ?? row.date ?? row.id;
  if (!name) return t("clinic.entry");
  if (typeof name === "object") return name[page.language] || name.en || t("clinic.entry");
  return row.year ? `${name} ${row.year}` : name;
}

/** Where a change was made: the fields and the entry's name, from the part on. */
export function pathTitle(path) {
  const [part, ...rest] = path;
  const words = [partTitle(part)];
  const known = [part];
  for (const step of rest) {
    const title = fieldTitle([...known, step]);
    if (title !== step) known.push(step);
    words.push(hasText(`clinic.day_${step}`) ? t(`clinic.day_${step}`) : title);
  }
  return words.join(" › ");
}
