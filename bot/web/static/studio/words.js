/** How the studio says days, people and languages. */

import { hasText, page, t } from "../staff/page.js";

const day = new Intl.DateTimeFormat(`${page.language}-US`, { dateStyle: "medium", timeZone: "UTC" });
const moment = new Intl.DateTimeFormat(`${page.language}-US`, {
  dateStyle: "medium",
  timeStyle: "short",
  timeZone: page.time_zone,
});

const hour = new Intl.DateTimeFormat(`${page.language}-US`, {
  timeStyle: "short",
  timeZone: page.time_zone,
});

/** `Nov 21, 2026`, of a calendar day, which has no time zone. */
export function date(isoDate) {
  return day.format(new Date(`${isoDate}T00:00:00Z`));
}

/** A point in time, in the clinic's zone. */
export function when(iso) {
  return moment.format(new Date(iso));
}

/** The time of day in the clinic's zone; with the day when that is not today. */
export function clock(iso) {
  const then = new Date(iso);
  return day.format(then) === day.format(new Date()) ? hour.format(then) : when(iso);
}

/** Whole days from today until this day; endless without one, negative once it is over. */
export function daysUntil(isoDate) {
  if (!isoDate) return Infinity;
  const today = new Intl.DateTimeFormat("en-CA", { timeZone: page.time_zone }).format(new Date());
  return Math.round((Date.parse(isoDate) - Date.parse(today)) / 86_400_000);
}

export function languageName(code) {
  return hasText(`staff.language_${code}`) ? t(`staff.language_${code}`) : code;
}

/** How many words a text has, without its marks. */
export function countWords(text) {
  return text.split(/\s+/u).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
}
