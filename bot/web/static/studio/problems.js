/** What is wrong with a text or a form, and where that is said. */

import { h, icon } from "../staff/dom.js";
import { hasText, page, t } from "../staff/page.js";

/**
 * What is wrong with a finding, and what to do about it, in the language of the page. One that was
 * kept before findings named their text has its English words only.
 */
export function inWords({ text, values = {}, message, remedy }) {
  const id = `findings.${text}`;
  if (!text || !hasText(id)) return { message, remedy };
  const own = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, value[page.language] ?? value]),
  );
  return { message: t(id, own), remedy: t(`${id}_remedy`, own) };
}

/** A finding in one line. */
export function findingWords(finding) {
  const { message, remedy } = inWords(finding);
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
