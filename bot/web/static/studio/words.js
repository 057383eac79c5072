/** How the studio says days and counts words. */

import { page } from "../staff/page.js";
import { locale } from "../staff/words.js";

const day = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone: "UTC" });
const month = new Intl.DateTimeFormat(locale, { month: "long", year: "numeric", timeZone: "UTC" });
const isoDay = new Intl.DateTimeFormat("en-CA", { timeZone: page.time_zone });
const moment = new Intl.DateTimeFormat(locale, {
  dateStyle: "medium",
  timeStyle: "short",
  timeZone: page.time_zone,
});

/** `Nov 21, 2026`, of a calendar day, which has no time zone. */
export function date(isoDate) {
  return day.format(new Date(`${isoDate}T00:00:00Z`));
}

/** `November 2026`, of a date in UTC. */
export function monthName(time) {
  return month.format(time);
}

/** A point in time, in the clinic's zone. */
export function when(iso) {
  return moment.format(new Date(iso));
}

/** Whole days from today until this day; endless without one, negative once it is over. */
export function daysUntil(isoDate) {
  if (!isoDate) return Infinity;
  return Math.round((Date.parse(isoDate) - Date.parse(today())) / 86_400_000);
}

/** Today at the clinic, as `2026-11-21`. */
export function today() {
  return isoDay.format(new Date());
}

/** How many words a text has, without its marks. */
export function countWords(text) {
  return text.split(/\s+/u).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
}
