/**
 * Typed text that the server does not have yet, kept in this browser until it has.
 *
 * It is kept for the person who typed it, also past the tab's end and a sign-out: what an editor
 * writes holds nothing about patients. Each tab keeps its own; what a closed tab left is found.
 */

import { newId } from "../staff/dom.js";
import { page } from "../staff/page.js";

const ROOM = `careline.typed.${page.me.account_id}.`;
const TAB = "careline.tab";

/** This tab, also after a reload. */
export const tab = await ownTab();

const place = (slug, language) => `${ROOM}${slug}.${language}.`;

/** What was typed in this tab; null when there is nothing. */
export function typed(slug, language) {
  return read(place(slug, language) + tab);
}

/** Takes over what was typed in a tab that is gone, if nothing was typed in this one. */
export async function adoptTyped(slug, language) {
  const open = await openTabs();
  if (typed(slug, language)) return;
  for (const key of keysOf(slug, language)) {
    if (open.has(key.split(".").at(-1))) continue;
    const left = read(key);
    localStorage.removeItem(key);
    if (left) {
      keepTyped(slug, language, left);
      return;
    }
  }
}

/** Keeps `{values, base, seen, from, confirmed}`. */
export function keepTyped(slug, language, text) {
  try {
    localStorage.setItem(place(slug, language) + tab, JSON.stringify(text));
  } catch {
    // No room left, or none allowed: the server gets it all the same.
  }
}

export function forgetTyped(slug, language) {
  localStorage.removeItem(place(slug, language) + tab);
}

export function hasTyped(slug, language) {
  return keysOf(slug, language).length > 0;
}

function keysOf(slug, language) {
  const start = place(slug, language);
  return Object.keys(localStorage).filter((key) => key.startsWith(start));
}

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "null");
  } catch {
    return null;
  }
}

/** A duplicated tab brings the id of the other with it, so an id is held for as long as it is used. */
async function ownTab() {
  let id = sessionStorage.getItem(TAB) ?? newId();
  if (navigator.locks && !(await hold(id))) {
    id = newId();
    await hold(id);
  }
  sessionStorage.setItem(TAB, id);
  return id;
}

function hold(id) {
  return new Promise((resolve) => {
    navigator.locks.request(`${TAB}.${id}`, { ifAvailable: true }, (lock) => {
      resolve(lock !== null);
      return lock ? new Promise(() => {}) : undefined;
    });
  });
}

async function openTabs() {
  if (!navigator.locks) return new Set();
  const { held } = await navigator.locks.query();
  return new Set(held.map(({ name }) => name.split(".").at(-1)));
}
