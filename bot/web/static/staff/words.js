/** How the staff's pages say times and languages, and how they search in words. */

import { hasText, page, t } from "./page.js";

/** How dates are written here. */
export const locale = `${page.language}-US`;

// Patients are told times of the clinic's zone, so staff are shown the same.
const clock = new Intl.DateTimeFormat(locale, { timeStyle: "short", timeZone: page.time_zone });
const day = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone: page.time_zone });

/** `3:40 PM`, with the day when it is another. */
export function at(iso) {
  const time = new Date(iso);
  const today = day.format(time) === day.format(new Date());
  return today ? clock.format(time) : `${day.format(time)}, ${clock.format(time)}`;
}

/** The day of a point in time. */
export function dayOf(iso) {
  return day.format(new Date(iso));
}

export function languageName(code) {
  return hasText(`staff.language_${code}`) ? t(`staff.language_${code}`) : code;
}

/** Without accents and capitals, as words are compared in a search. */
export function plain(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

/** The words that a search is for. */
export function searched(typed) {
  return plain(typed).split(/\s+/u).filter(Boolean);
}
