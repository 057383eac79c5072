/** Typed text that is not saved yet, kept in this tab until it is. */

import { kept } from "../staff/session.js";

const key = (slug, language) => `studio.${slug}.${language}`;

/** `{values, base}` as typed, or null. */
export function typed(slug, language) {
  return kept.get(key(slug, language));
}

export function keepTyped(slug, language, values, base) {
  kept.set(key(slug, language), { values, base });
}

export function forgetTyped(slug, language) {
  kept.set(key(slug, language), null);
}

export function hasTyped(slug, language) {
  return typed(slug, language) !== null;
}
