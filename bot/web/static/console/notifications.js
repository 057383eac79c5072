/**
 * Desktop notifications, asked for by a click only. They say that something waits, never what a
 * patient wrote: a desktop is seen by whoever passes by.
 */

import { $ } from "../staff/dom.js";
import { page, t } from "../staff/page.js";

const KEY = `careline.notify.${page.me.account_id}`;

export class Notifications {
  #open;

  /** `open(conversationId)` shows a case. */
  constructor(open) {
    this.#open = open;
    const box = $("notify-box");
    box.disabled = !("Notification" in window);
    box.addEventListener("change", () => this.#choose(box.checked));
    this.#draw();
  }

  /**
   * Something happened to this agent: `what` is the id of a text without places, `about` the
   * conversation that a click opens, if it is about one.
   */
  tell(what, about = null) {
    if (!this.#on || document.visibilityState === "visible") return;
    const note = new Notification(t("staff.product"), { body: t(what), tag: what });
    note.addEventListener("click", () => {
      window.focus();
      if (about) this.#open(about);
      note.close();
    });
  }

  get #on() {
    const allowed = "Notification" in window && Notification.permission === "granted";
    return allowed && localStorage.getItem(KEY) === "on";
  }

  async #choose(wanted) {
    if (wanted && Notification.permission === "default") await Notification.requestPermission();
    localStorage.setItem(KEY, wanted && Notification.permission === "granted" ? "on" : "off");
    this.#draw();
  }

  #draw() {
    $("notify-box").checked = this.#on;
    const denied = "Notification" in window && Notification.permission === "denied";
    $("notify-denied").hidden = !denied;
  }
}
