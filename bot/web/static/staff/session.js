/**
 * Being signed in: the header's sign-out, the warning before the idle time is over, and what is
 * kept in this tab.
 *
 * Only what a person does counts as activity: the page's own refreshes do not.
 */

import { api } from "./api.js";
import { $ } from "./dom.js";
import { notify } from "./notices.js";
import { page, t } from "./page.js";
import { leaveUnsent } from "./unsent.js";

const TELL_EVERY_MS = 30_000;
const MEANT_MS = 60_000;
const OWNER_KEY = "careline.account";

const idleMs = page.me.idle_seconds * 1000;
const warnBeforeMs = Math.min(60_000, idleMs / 2);
// When the server last heard of activity: it is the one that counts.
let toldAt = Date.now();
let leaving = false;
let stoppedAt = -MEANT_MS;

/**
 * What this tab keeps over a reload and a new sign-in of the same person, and forgets at sign-out:
 * views, and replies to patients. What editors type is kept by `unsent`.
 */
export const kept = {
  get(key) {
    return JSON.parse(sessionStorage.getItem(`careline.${key}`) ?? "null");
  },
  set(key, value) {
    if (value === null) sessionStorage.removeItem(`careline.${key}`);
    else sessionStorage.setItem(`careline.${key}`, JSON.stringify(value));
  },
};

/** Starts the watch. Call once. */
export function watchSession() {
  // Another person signed in here: nothing of the one before is shown to them.
  const before = sessionStorage.getItem(OWNER_KEY);
  if (before !== page.me.account_id) {
    leaveUnsent(before);
    sessionStorage.clear();
  }
  sessionStorage.setItem(OWNER_KEY, page.me.account_id);

  for (const event of ["keydown", "pointerdown"]) {
    document.addEventListener(event, active, { passive: true });
  }
  document.addEventListener("signed-out", () => leave("idle"));
  $("sign-out").addEventListener("click", signOut);
  $("idle-stay").addEventListener("click", () => {
    $("idle").close();
    active();
  });
  setInterval(check, 5000);
}

/** Asks whoever closes the page while `isDirty()`, unless the page is on its way to the sign-in form. */
export function guardTyped(isDirty) {
  addEventListener("beforeunload", (event) => {
    if (!leaving && isDirty()) event.preventDefault();
  });
}

/** Whether the page is on its way to the sign-in form. */
export function isLeaving() {
  return leaving;
}

function active() {
  if ($("idle").open) return;
  if (Date.now() - toldAt > TELL_EVERY_MS) {
    toldAt = Date.now();
    api("GET", "/api/me").catch(() => {});
  }
}

function check() {
  const idle = Date.now() - toldAt;
  if (idle > idleMs) {
    api("GET", "/api/me", undefined, { background: true }).catch(() => {});
  } else if (idle > idleMs - warnBeforeMs && !$("idle").open) {
    $("idle").showModal();
  }
}

/**
 * Whoever has something to finish says so to `signing-out`: `detail.waitFor(promise)`. When one of
 * them resolves to false, because something would be lost, the person is asked to sign out again.
 */
async function signOut() {
  const unfinished = [];
  const detail = { waitFor: (promise) => unfinished.push(promise) };
  document.dispatchEvent(new CustomEvent("signing-out", { detail }));
  const finished = await Promise.allSettled(unfinished);
  // What could not be stored is in this tab alone, and signing out clears it. Whoever asks again
  // at once means it: nobody is kept signed in on a shared computer.
  if (finished.some(({ value }) => value === false) && Date.now() - stoppedAt > MEANT_MS) {
    stoppedAt = Date.now();
    notify(t("staff.sign_out_stopped"), { error: true });
    return;
  }
  await api("POST", "/api/sign-out", {}).catch(() => {});
  leave("");
}

function leave(reason) {
  if (leaving) return;
  leaving = true;
  leaveUnsent(page.me.account_id);
  // Whoever signs out leaves nothing else behind; after a time-out the same person goes on.
  if (!reason) sessionStorage.clear();
  const query = new URLSearchParams({ next: location.pathname + location.hash });
  if (reason) query.set("ended", reason);
  location.assign(`/sign-in?${query}`);
}
