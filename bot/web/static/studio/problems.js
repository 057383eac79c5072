/** What is wrong with a text or a form, and where that is said. */

import { h, icon } from "../staff/dom.js";

/** A finding in words: what is wrong, and what to do about it. */
export function findingWords({ message, remedy }) {
  return [message, remedy].filter(Boolean).join(" ");
}

/** One problem, as it stands at its field. */
export function problemLine(words, look = "") {
  return h("p", { className: `problem ${look}`.trim() }, icon("alert"), h("span", {}, words));
}

/** Takes the problems away from every field inside `form`. */
export function clearProblems(form) {
  for (const place of form.querySelectorAll(".problems")) place.replaceChildren();
  for (const input of form.querySelectorAll("[aria-invalid]")) input.removeAttribute("aria-invalid");
}
