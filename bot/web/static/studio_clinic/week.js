/** Opening hours: the spans of one day, and a week of days as a table. */

import { button, h, newId } from "../staff/dom.js";
import { t } from "../staff/page.js";

export const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
export const dayName = (day) => t(`clinic.day_${day}`);

/** `"08:00-12:00"`, or a list of such, as pairs. */
export function pairs(value) {
  const spans = typeof value === "string" ? [value] : (value ?? []);
  return spans.filter(Boolean).map((span) => span.split("-").map((one) => one.trim()));
}

/** The spans of one day, to be changed. `changed()` after an entry came or went. */
function daySpans(value, day, changed) {
  const list = h("ul", { className: "spans" });
  const closed = h("span", { className: "help" }, t("clinic.closed"));
  const more = () => {
    append(["", ""]).querySelector("input").focus();
    draw();
    changed();
  };
  const add = button("+", more, "quiet small", { "aria-label": t("clinic.add_span", { day }) });
  const node = h("div", { className: "day-spans" }, list, closed, add);
  const draw = () => {
    closed.hidden = list.children.length > 0;
  };
  const append = ([opens, closes]) => {
    const field = (which, text) => h("input", { className: "field time", type: "time", id: newId(), value: text ?? "", "aria-label": t(`clinic.${which}`, { day }) });
    const label = t("clinic.remove_span", { day });
    const drop = () => {
      item.remove();
      draw();
      add.focus();
      changed();
    };
    const remove = button("×", drop, "quiet small", { "aria-label": label, title: label });
    const until = h("span", { "aria-hidden": "true" }, "–");
    const item = h("li", {}, field("opens", opens), until, field("closes", closes), remove);
    list.append(item);
    return item;
  };
  const fill = (given) => {
    list.replaceChildren();
    for (const one of pairs(given)) append(one);
    draw();
  };
  fill(value);
  return {
    node,
    fill,
    get inputs() {
      return [...list.querySelectorAll("input"), add];
    },
    get value() {
      const spans = [...list.children].map((item) => [...item.querySelectorAll("input")].map((one) => one.value).join("-"));
      const said = spans.filter((span) => span !== "-");
      return said.length > 1 ? said : (said[0] ?? "");
    },
    focus: () => (list.querySelector("input") ?? add).focus(),
  };
}

export function spansControl(field, path, value, form) {
  const spans = daySpans(value, t("clinic.that_day"), form.changed);
  return { ...spans, inputs: [], group: true, get value() {
    return spans.value;
  } };
}

export function weekControl(field, path, value, form) {
  const days = new Map(DAYS.map((day) => [day, daySpans(value?.[day], dayName(day), form.changed)]));
  const rows = DAYS.map((day) =>
    h("tr", {}, h("th", { scope: "row" }, dayName(day)), h("td", {}, days.get(day).node)),
  );
  const down = () => {
    for (const day of DAYS.slice(1, 5)) days.get(day).fill(days.get("mon").value);
    form.changed();
  };
  const copy = button(t("clinic.copy_down"), down, "quiet small");
  const own = field.required ? null : h("input", { type: "checkbox", checked: Boolean(value) });
  const table = h("table", { className: "week" }, h("tbody", {}, rows));
  const inside = h("div", {}, table, copy);
  const node = h("div", {}, own ? h("label", { className: "check" }, own, ` ${t("clinic.has_week")}`) : null, own ? h("p", { className: "help" }, t("clinic.no_week")) : null, inside);
  const show = () => {
    inside.hidden = Boolean(own) && !own.checked;
  };
  own?.addEventListener("change", show);
  show();
  return {
    node,
    inputs: [],
    group: true,
    get value() {
      if (own && !own.checked) return null;
      return Object.fromEntries([...days].map(([day, spans]) => [day, spans.value]).filter(([, one]) => one.length));
    },
    focus: () => days.get("mon").focus(),
  };
}
