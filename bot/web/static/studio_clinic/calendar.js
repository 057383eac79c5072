/** A month of days: when each site is open, as the week and the holidays have it. */

import { button, h } from "../staff/dom.js";
import { announce } from "../staff/notices.js";
import { page, t } from "../staff/page.js";
import { locale } from "../staff/words.js";
import { monthName, today } from "../studio/words.js";
import { DAYS, dayName, pairs } from "./week.js";

const fullDay = new Intl.DateTimeFormat(locale, { dateStyle: "full", timeZone: "UTC" });
const shortDay = (day) => dayName(day).slice(0, 3);
const iso = (at) => at.toISOString().slice(0, 10);

/** `pick(date)` when a day is pressed; without it the days are only read. */
export class Calendar {
  #node;
  #pick;
  #parts = null;
  #month;

  constructor(node) {
    this.#node = node;
    this.#month = new Date(`${today().slice(0, 7)}-01T00:00:00Z`);
  }

  show(parts, pick = null) {
    this.#parts = parts;
    this.#pick = pick;
    this.#draw();
  }

  #move(by) {
    this.#month.setUTCMonth(this.#month.getUTCMonth() + by);
    this.#draw();
    announce(monthName(this.#month));
    this.#node.querySelector(by < 0 ? ".before" : ".after").focus();
  }

  #draw() {
    const turn = (by, look, text) =>
      button(
        by < 0 ? "‹" : "›",
        () => this.#move(by),
        `quiet small ${look}`,
        { "aria-label": t(text) },
      );
    const head = h("div", { className: "month" }, turn(-1, "before", "clinic.calendar_before"), h("strong", {}, monthName(this.#month)), turn(1, "after", "clinic.calendar_after"));
    const names = DAYS.map((day) => h("th", { scope: "col" }, h("abbr", { title: dayName(day) }, shortDay(day))));
    const table = h("table", { className: "calendar" }, h("thead", {}, h("tr", {}, names)), h("tbody", {}, this.#weeks()));
    this.#node.replaceChildren(head, h("div", { className: "scroll", tabIndex: 0, role: "group", "aria-label": t("clinic.calendar") }, table));
  }

  #weeks() {
    const first = new Date(this.#month);
    first.setUTCDate(1 - ((first.getUTCDay() + 6) % 7));
    const weeks = [];
    for (const at = new Date(first); weeks.length < 6; ) {
      const row = h("tr", {});
      for (let day = 0; day < 7; day += 1, at.setUTCDate(at.getUTCDate() + 1)) row.append(this.#day(new Date(at)));
      if (row.querySelector(":not(.other)")) weeks.push(row);
      if (at.getUTCMonth() !== this.#month.getUTCMonth() && at > this.#month) break;
    }
    return weeks;
  }

  #day(at) {
    const date = iso(at);
    const other = at.getUTCMonth() !== this.#month.getUTCMonth();
    const found = this.#parts.locations.map((place) => ({ place, ...hoursOn(place, date, this.#parts.holidays) }));
    const special = found.find(({ holiday }) => holiday)?.holiday;
    const lines = found.map(({ place, spans }) => ({ name: place.name, hours: spans.map((span) => span.join("–")).join(", ") || t("clinic.closed") }));
    const label = t("clinic.calendar_day", { date: fullDay.format(at), hours: lines.map(({ name, hours }) => `${name} ${hours}`).join("; ") });
    const inside = [
      h("span", { className: "date" }, String(at.getUTCDate())),
      ...lines.map(({ name, hours }) => h("span", { className: "at" }, h("b", {}, name), ` ${hours}`)),
      special ? h("span", { className: "holiday" }, special.name?.[page.language] || special.name?.en || "") : null,
    ];
    const pressed = { type: "button", "aria-label": [label, special?.name?.[page.language]].filter(Boolean).join(". "), on: { click: () => this.#pick(date) } };
    const cell = this.#pick ? h("button", pressed, inside) : h("div", {}, inside);
    return h("td", { className: [other ? "other" : "", special ? "special" : ""].join(" ").trim() }, cell);
  }
}

/** The spans of a site on a date, and the holiday that makes them different. */
function hoursOn(place, date, holidays) {
  const holiday = holidays.find((one) => one.date === date && (!one.locations?.length || one.locations.includes(place.id)));
  if (holiday) return { holiday, spans: pairs(holiday.hours) };
  const weekday = DAYS[(new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7];
  return { holiday: null, spans: pairs(place.hours?.[weekday]) };
}
