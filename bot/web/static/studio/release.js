/** A text goes live, by being published or restored; the one before is one click away. */

import { api } from "../staff/api.js";
import { $ } from "../staff/dom.js";
import { notify } from "../staff/notices.js";
import { t } from "../staff/page.js";
import { PublishDialog, forgetNote } from "../studio_gate/dialog.js";

export class Release {
  #on;

  /**
   * `on.draft()` is what is published, `on.live()` what patients read now, `on.goTo(field)` shows
   * a field, `on.run(work)` does one thing at a time, `on.reload()` shows how the text stands.
   * `on.write(version)` puts a version's words into the form, which `on.pending()` says is closed.
   */
  constructor(on) {
    this.#on = on;
    const dialog = new PublishDialog({
      publish: (draft, note) => on.run(() => this.#publish(draft, note)),
      goTo: on.goTo,
    });
    $("publish").addEventListener("click", () =>
      on.run(async () => dialog.open(await on.draft())),
    );
  }

  /** Asks whether an older version is to be live again; what cannot be at once becomes the draft. */
  async askRestore(version) {
    const { id } = version;
    const { held } = await api("GET", `/api/versions/${id}/restore`);
    const waits = held && this.#on.pending();
    const help = held ? t(`studio.restore_held_${held}`, { id }) : t("studio.restore_help", { id });
    $("restore-help").textContent = waits ? `${help} ${t("studio.restore_held_pending")}` : help;
    $("restore-confirm").textContent = t(held ? "studio.restore_draft" : "studio.restore_confirm");
    $("restore-confirm").hidden = Boolean(waits);
    $("restore-form").onsubmit = () => {
      if (held) this.#on.write(version);
      else this.#on.run(() => this.#restore(version));
    };
    $("restore-dialog").showModal();
  }

  async #publish(draft, note) {
    const before = this.#on.live();
    await api("POST", `/api/versions/${draft.id}/publish`, { note });
    forgetNote(draft);
    this.#offerWayBack(t("studio.published"), before);
    await this.#on.reload();
  }

  async #restore(version) {
    const before = this.#on.live();
    await restored(version);
    this.#offerWayBack(t("studio.restored"), before);
    await this.#on.reload();
  }

  /** Says what was published, with the text before it one click away. */
  #offerWayBack(text, before) {
    const back = async () => {
      await restored(before);
      notify(t("studio.restored"));
      await this.#on.reload();
    };
    const run = () => this.#on.run(back);
    notify(text, { action: before ? { label: t("studio.back_out"), run } : null });
  }
}

function restored({ id }) {
  return api("POST", `/api/versions/${id}/restore`, { note: "" });
}
