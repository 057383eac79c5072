/**
 * Desktop notifications, asked for by a click only. They say that something waits, never what a
 * patient wrote: a desktop is seen by whoever passes by.
 */

import { $ } from "../staff/dom.js";
import { page, t } from "../staff/page.js";

const KEY = `careline.notify.${page.me.account_id}`;

export class Notifications {
  #known = null;

  constructor() {
    const box = $("notify-box");
    box.disabled = !("Notification" in window);
    box.addEventListener("change", () => this.#choose(box.checked));
    this.#draw();
    // Whoever draws the queue: a line that was not there before is a new request.
    new MutationObserver(() => this.#waiting()).observe($("items-waiting"), { childList: true });
  }

  /** Something happened to this agent: `what` is the id of a text without places. */
  tell(what) {
    if (!this.#on || document.visibilityState === "visible") return;
    const note = new Notification(t("staff.product"), { body: t(what), tag: what });
    note.addEventListener("click", () => {
      window.focus();
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

  #waiting() {
    const ids = [...$("items-waiting").children].map((node) => node.dataset.key);
    const fresh = this.#known && ids.some((id) => !this.#known.has(id));
    this.#known = new Set(ids);
    if (fresh) this.tell("writing.notify_request");
  }
}
