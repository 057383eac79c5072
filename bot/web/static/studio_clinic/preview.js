/** Before the profile changes: every answer that will read differently, before and after. */

import { api } from "../staff/api.js";
import { $, button, h } from "../staff/dom.js";
import { t } from "../staff/page.js";
import { keepField, unsent } from "../staff/unsent.js";
import { languageName } from "../staff/words.js";
import { marked } from "./changes.js";

const AT_FIRST = 20;
const noteKey = (name) => `clinic.note.${name}`;

/** It was done: its note need not be kept any more. */
export function forgetNote(name) {
  unsent.set(noteKey(name), null);
}

/** Resolves to the note once the editor says to save, to null when they go back. What they wrote is
 * there again when they come back to it, until `forgetNote`. */
export function confirmSave(part, value) {
  const words = { cancel: t("clinic.cancel"), go: t("clinic.save_now") };
  return confirm(part, `/api/clinic/parts/${part}/preview`, { value }, words);
}

/** The same before a part, or all (`part` is null), says again what it said in that document. */
export function confirmBack(document, part) {
  const words = { cancel: t("clinic.leave_it"), go: t("clinic.back_now") };
  return confirm(backName(part), `/api/clinic/documents/${document}/preview`, { part }, words);
}

/** The name of the note of going back, for `forgetNote`. */
export const backName = (part) => `back.${part ?? "all"}`;

async function confirm(name, path, body, words) {
  const dialog = $("preview");
  $("preview-cancel").textContent = words.cancel;
  $("preview-save").textContent = words.go;
  $("preview-list").replaceChildren();
  $("preview-state").textContent = t("clinic.preview_working");
  $("preview-save").disabled = true;
  keepField($("note"), noteKey(name));
  dialog.showModal();
  let found;
  try {
    found = await Promise.race([
      api("POST", path, body),
      goneBack(dialog),
    ]);
  } catch (error) {
    dialog.close();
    throw error;
  }
  if (!found) return null;
  draw(found.answers);
  $("preview-save").disabled = false;
  $("preview-save").focus();
  return answer(dialog);
}

/** Resolves to null when they go back to the form: also while it is still worked out what changes. */
function goneBack(dialog) {
  $("preview-cancel").onclick = () => dialog.close();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(null), { once: true });
  });
}

function answer(dialog) {
  return new Promise((resolve) => {
    const ask = new AbortController();
    const end = (note) => {
      ask.abort();
      dialog.close();
      resolve(note);
    };
    $("preview-form").addEventListener("submit", (event) => {
      event.preventDefault();
      end($("note").value);
    }, ask);
    $("preview-cancel").addEventListener("click", () => end(null), ask);
    dialog.addEventListener("cancel", () => end(null), ask);
  });
}

function draw(answers) {
  const lost = answers.filter((one) => one.after === null && one.before !== null).length;
  const count = answers.length;
  const said = !count ? t("clinic.preview_none") : count === 1 ? t("clinic.preview_one") : t("clinic.preview_many", { count });
  $("preview-state").textContent = [said, lost ? t("clinic.preview_lost", { count: lost }) : ""].join(" ");
  const list = $("preview-list");
  list.replaceChildren(...answers.slice(0, AT_FIRST).map(row));
  const rest = answers.slice(AT_FIRST);
  if (!rest.length) return;
  const all = () => {
    more.parentElement.replaceWith(...rest.map(row));
    list.focus();
  };
  const more = button(t("clinic.preview_more", { count: rest.length }), all, "quiet");
  list.append(h("li", {}, more));
}

function row({ title, language, question, before, after }) {
  return h(
    "li",
    { className: "answer" },
    h("p", {}, h("strong", { lang: language }, title), ` · ${languageName(language)}`),
    question ? h("p", { className: "help" }, t("clinic.preview_asked", { question })) : null,
    h("div", { className: "two" }, side("before", before, after, language), side("after", before, after, language)),
  );
}

function side(which, before, after, language) {
  const text = which === "before" ? before : after;
  const words = text === null ? t("clinic.preview_person") : text === "" ? t("clinic.preview_empty") : marked(before ?? "", after ?? "", which);
  return h(
    "div",
    {},
    h("h3", {}, t(`clinic.preview_${which}`)),
    h("p", { className: text ? "as-written" : "help", lang: text ? language : undefined }, words),
  );
}
