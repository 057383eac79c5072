/**
 * Typed text of the studio that the server does not have yet. It survives a reload, a time-out and
 * a sign-out: whoever typed it finds it again, and nobody else who signs in at this machine.
 *
 * While a page is open its tab has the text (`sessionStorage`), so that two tabs do not write over
 * each other. Whoever leaves hands it to the account's own place in this browser (`localStorage`),
 * and the first page that asks for it takes it from there. Nothing of it is about patients; drafts
 * of replies to them end with the tab (see `kept` in session.js).
 */

import { page } from "./page.js";

const HERE = "careline.unsent.";
const LEFT = "careline.left.";

// A page on its way to the sign-in form still looks at what is typed; it must not take it back.
let leaving = false;

export const unsent = {
  /** What was typed under this key; null when there is nothing. */
  get(key) {
    const value = read(sessionStorage, HERE + key);
    return value ?? (leaving ? null : takeBack(key));
  },
  /** Keeps it; null forgets it. */
  set(key, value) {
    if (value === null) sessionStorage.removeItem(HERE + key);
    else sessionStorage.setItem(HERE + key, JSON.stringify(value));
  },
};

/** Shows in a field what was typed there before under this key, and keeps what is typed from now on. */
export function keepField(field, key, initial = "") {
  field.value = unsent.get(key) ?? initial;
  field.oninput = () => unsent.set(key, field.value || null);
}

/** Moves what is typed in this tab to the place of `account`, before the tab is somebody else's. */
export function leaveUnsent(account) {
  leaving = account === page.me.account_id;
  const keys = Object.keys(sessionStorage).filter((key) => key.startsWith(HERE));
  if (!account || !keys.length) return;
  const left = read(localStorage, LEFT + account) ?? [];
  for (const key of keys) {
    const one = { key: key.slice(HERE.length), value: read(sessionStorage, key) };
    if (!left.some((other) => JSON.stringify(other) === JSON.stringify(one))) left.push(one);
  }
  try {
    localStorage.setItem(LEFT + account, JSON.stringify(left));
  } catch {
    return; // No room: in this tab it is still there for the same person.
  }
  for (const key of keys) sessionStorage.removeItem(key);
}

/** What this person left last under the key in another session, from now on in this tab. */
function takeBack(key) {
  const place = LEFT + page.me.account_id;
  const left = read(localStorage, place) ?? [];
  const at = left.findLastIndex((one) => one.key === key);
  if (at < 0) return null;
  const [{ value }] = left.splice(at, 1);
  unsent.set(key, value);
  if (left.length) localStorage.setItem(place, JSON.stringify(left));
  else localStorage.removeItem(place);
  return value;
}

function read(storage, key) {
  try {
    return JSON.parse(storage.getItem(key) ?? "null");
  } catch {
    return null;
  }
}
