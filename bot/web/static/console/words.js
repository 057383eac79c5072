/** How the console says spans, reasons and languages. */

import { hasText, page, t } from "../staff/page.js";
import { locale } from "../staff/words.js";

/** `12 min`, rounded down. */
export function span(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 60) return t("console.seconds", { count: seconds });
  if (seconds < 3600) return t("console.minutes", { count: Math.floor(seconds / 60) });
  if (seconds < 48 * 3600) return t("console.hours", { count: Math.floor(seconds / 3600) });
  return t("console.days", { count: Math.floor(seconds / 86400) });
}

/** What became of the promise: `{text, tone}`. */
export function due(handoff) {
  if (handoff.replied && handoff.state !== "waiting") return null;
  if (!handoff.promised_by) return { text: t("console.due_none"), tone: "" };
  const left = new Date(handoff.promised_by) - Date.now();
  if (left < 0) return { text: t("console.due_late", { time: span(-left) }), tone: "danger" };
  const tone = left < 5 * 60_000 ? "warn" : "";
  const said = handoff.promise_state === "moved" ? "console.due_moved" : "console.due_in";
  return { text: t(said, { time: span(left) }), tone };
}

export function reason(code) {
  return t(hasText(`console.reason_${code}`) ? `console.reason_${code}` : "console.reason_asked");
}

export function priority(code) {
  return t(`console.priority_${code}`);
}

/** What the patient said already, as `[name, value]`. */
export function detail(name, value) {
  const label = hasText(`console.detail_${name}`) ? t(`console.detail_${name}`) : name;
  return [label, name === "language" ? anyLanguage(value) : value];
}

/** The name of a language of the world; its code where the browser has no name for it. */
function anyLanguage(code) {
  try {
    return new Intl.DisplayNames(locale, { type: "language" }).of(code);
  } catch {
    return code;
  }
}

/** The language's name inside a sentence. */
export function inLanguage(code) {
  return hasText(`staff.inline_${code}`) ? t(`staff.inline_${code}`) : code;
}

/** Whether the patient's language is another than the one of this page. */
export function foreign(code) {
  return code !== page.language;
}
