/**
 * Keys for everything. Single keys act only outside of text boxes, and can be turned off for
 * whoever speaks to the computer or rests a hand on the keyboard.
 */

import { $ } from "../staff/dom.js";
import { page, t } from "../staff/page.js";
import { announce } from "../staff/notices.js";

const KEY = `careline.keys.${page.me.account_id}`;
const WRITING = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";

export class Shortcuts {
  #composer;
  #actions;

  /**
   * `composer` writes replies and undoes them; `finder` searches; `toggleDetails(open)` shows the
   * notes.
   */
  constructor(composer, finder, toggleDetails) {
    this.#composer = composer;
    this.#actions = {
      j: () => step(1),
      k: () => step(-1),
      c: () => press("claim") || press("take_over"),
      r: () => composer.focus(),
      n: () => note(toggleDetails),
      e: () => press("resolve"),
      s: () => click($("open-suggestions")),
      u: () => composer.undo(),
      "/": () => finder.focus(),
      "?": () => this.#show(),
    };
    document.addEventListener("keydown", (event) => this.#key(event));
    $("keys-button").addEventListener("click", () => this.#show());
    $("keys-close").addEventListener("click", () => $("keys").close());
    $("keys-box").checked = this.#on;
    $("keys-box").addEventListener("change", ({ target }) => {
      localStorage.setItem(KEY, target.checked ? "on" : "off");
    });
  }

  get #on() {
    return localStorage.getItem(KEY) !== "off";
  }

  #show() {
    if (!$("keys").open) $("keys").showModal();
  }

  #key(event) {
    if (event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]")) return;
    const writing = event.target.matches?.(WRITING);
    if (event.key === "Escape" && writing) return leave(event);
    if (writing || event.ctrlKey || event.metaKey || event.altKey || !this.#on) return;
    const act = Object.hasOwn(this.#actions, event.key) && this.#actions[event.key];
    if (!act) return;
    event.preventDefault();
    if (act() === false) announce(t("writing.key_idle"));
  }
}

/** From the box to the conversation, where single keys act again. */
function leave(event) {
  const to = event.target.closest("#queue") ? $("queue").querySelector(".item") : null;
  (to ?? ($("head").hidden ? $("content") : $("conversation-title"))).focus();
}

function step(by) {
  const items = [...$("queue").querySelectorAll(".item")].filter((item) => item.checkVisibility());
  if (!items.length) return false;
  const shown = items.findIndex((item) => item.getAttribute("aria-current") === "true");
  const focused = items.indexOf(document.activeElement);
  const at = focused >= 0 ? focused : shown;
  items[Math.min(items.length - 1, Math.max(0, at + by))].focus();
  return true;
}

/** Presses the button of a verb, when the case offers it. */
function press(verb) {
  return click($("actions").querySelector(`[data-verb="${verb}"]`));
}

function click(button) {
  const can = button && !button.disabled && button.checkVisibility();
  if (can) button.click();
  return Boolean(can);
}

function note(toggleDetails) {
  if ($("details").hidden) return false;
  if (!$("note").checkVisibility()) toggleDetails(true);
  $("note").focus();
  return true;
}
