/** One month as a grid of days; each day that has something is a button. */

import { $, h } from "../staff/dom.js";
import { t } from "../staff/page.js";
import { locale } from "../staff/words.js";
import { date, monthName } from "../studio/words.js";

const short = new Intl.DateTimeFormat(locale, { weekday: "short", timeZone: "UTC" });
const long = new Intl.DateTimeFormat(locale, { weekday: "long", timeZone: "UTC" });
const WEEK = 7;

export class Month {
  #year = 0;
  #month = 0;
  #day = null;
  #chosen;

  /** `chosen()` is called when another month or day is looked at. */
  constructor(chosen) {
    this.#chosen = chosen;
    $("previous").addEventListener("click", () => this.#go(-1));
    $("next").addEventListener("click", () => this.#go(1));
    $("whole").addEventListener("click", () => this.#pick(null));
    // The first of January 2023 was a Sunday.
    const week = Array.from({ length: WEEK }, (_, index) => new Date(Date.UTC(2023, 0, 1 + index)));
    $("weekdays").replaceChildren(
      ...week.map((one) => h("th", { scope: "col", abbr: long.format(one) }, short.format(one))),
    );
  }

  /** Starts at the month of a day, unless one is looked at already. */
  begin(today) {
    if (this.#year) return;
    [this.#year, this.#month] = today.split("-").map(Number);
  }

  /** Whether what is looked at holds this day. */
  holds(day) {
    return this.#day ? day === this.#day : day.startsWith(this.#prefix);
  }

  /** Whether a day lies before the month that is looked at. */
  isBefore(day) {
    return day < this.#prefix;
  }

  /** Shows the month of a day. */
  look(day) {
    [this.#year, this.#month] = day.split("-").map(Number);
    this.#pick(null);
    $("month").focus();
  }

  draw(due, today) {
    const counts = new Map();
    for (const { due_on: day } of due) counts.set(day, (counts.get(day) ?? 0) + 1);
    $("month").textContent = monthName(new Date(Date.UTC(this.#year, this.#month - 1, 1)));
    $("whole").hidden = this.#day === null;
    const first = new Date(Date.UTC(this.#year, this.#month - 1, 1)).getUTCDay();
    const length = new Date(Date.UTC(this.#year, this.#month, 0)).getUTCDate();
    const cells = [
      ...Array.from({ length: first }, () => h("td", { className: "cal-none" })),
      ...Array.from({ length }, (_, index) => this.#cell(index + 1, counts, today)),
    ];
    while (cells.length % WEEK) cells.push(h("td", { className: "cal-none" }));
    const rows = [];
    for (let start = 0; start < cells.length; start += WEEK) {
      rows.push(h("tr", {}, cells.slice(start, start + WEEK)));
    }
    $("days").replaceChildren(...rows);
  }

  get #prefix() {
    return `${this.#year}-${String(this.#month).padStart(2, "0")}-`;
  }

  #cell(number, counts, today) {
    const day = `${this.#prefix}${String(number).padStart(2, "0")}`;
    const count = counts.get(day) ?? 0;
    const name = day === today ? "cal-today" : "";
    if (!count) return h("td", { className: name }, h("span", { className: "cal-day" }, String(number)));
    const button = h(
      "button",
      {
        type: "button",
        className: "cal-button",
        id: `day-${day}`,
        "aria-pressed": String(day === this.#day),
        "aria-label": t("life.day_label", { date: date(day), count }),
        on: { click: () => this.#pick(day === this.#day ? null : day) },
      },
      h("span", { className: "cal-day" }, String(number)),
      h("span", { className: "cal-count" }, h("span", { className: "cal-words" }, t("life.day_count", { count })), h("span", { className: "cal-number" }, String(count))),
    );
    return h("td", { className: name }, button);
  }

  #pick(day) {
    this.#day = day;
    this.#chosen();
    if (day) $(`day-${day}`)?.focus();
  }

  #go(by) {
    const moved = new Date(Date.UTC(this.#year, this.#month - 1 + by, 1));
    [this.#year, this.#month] = [moved.getUTCFullYear(), moved.getUTCMonth() + 1];
    this.#pick(null);
  }
}
