/** What is done to a text on its way: sent to review, approved, planned, published, archived. */

import { api } from "../staff/api.js";
import { notify, offerUndo } from "../staff/notices.js";
import { t } from "../staff/page.js";
import { actOn, undoActs } from "./acts.js";
import { articlePath } from "./text.js";
import { personName } from "./timeline.js";
import { date, when } from "./words.js";

const ON_AIR = new Set(["verify", "archive"]);
const NOTE_CHARS = 400;
const SAID = { submit: "submitted", withdraw: "withdrawn", approve: "approved", send_back: "sent_back" };

export class LifeActs {
  #editor;
  #on;

  /**
   * `on.now()` is `{slug, life}` of the text that is shown; `on.done(words)` shows how it stands
   * after an act, and says the words; `on.halfway()` when an act was done in part;
   * `on.afterwards(work)` does something when nothing else is being done.
   */
  constructor(editor, on) {
    [this.#editor, this.#on] = [editor, on];
  }

  async act(verb, { comment = "", at = "" } = {}) {
    if (ON_AIR.has(verb)) return this.#air(verb);
    const { slug, life } = this.#on.now();
    if (verb === "return") {
      await api("POST", `${articlePath(slug)}/return`, {});
      return this.#on.done(t("life.returned"));
    }
    // What is typed becomes a draft first; what is on its way has nothing typed.
    const fresh = ["submit", "schedule"].includes(verb) && !life.pending;
    const path = `/api/versions/${fresh ? await this.#editor.kept() : life.version_id}`;
    if (verb === "schedule") return this.#schedule(path, at, comment);
    if (verb === "approve_publish") return this.#approveAndPublish(path, comment);
    if (verb === "unschedule") {
      await api("DELETE", `${path}/plan`);
      return this.#on.done(t("life.unscheduled"));
    }
    await api("POST", `${path}/${verb.replace("_", "-")}`, { comment });
    return this.#on.done(t(`life.${SAID[verb]}`));
  }

  /** Gives the article to an owner, or to nobody. */
  async assign(owner) {
    const batch = await actOn([this.#on.now().slug], "owner", { more: { owner } });
    await this.#on.done(null);
    offerUndo(t("life.owner_set", { name: personName(owner) }), () => this.#undo(batch));
  }

  async #schedule(path, at, comment) {
    await api("PUT", `${path}/plan`, { publish_at: at, note: comment.slice(0, NOTE_CHARS) });
    await this.#on.done(null);
    notify(t("life.scheduled", { date: when(this.#on.now().life.plan.publish_at) }));
  }

  /** Approved it is, whatever the checks say of publishing it: the page shows both. */
  async #approveAndPublish(path, comment) {
    await api("POST", `${path}/approve`, { comment });
    try {
      await api("POST", `${path}/publish`, { note: comment.slice(0, NOTE_CHARS) });
    } catch (error) {
      if (!error.code) throw error;
      this.#on.halfway();
      await this.#on.done(t("life.approved"));
      throw error;
    }
    await this.#on.done(t("life.approved_published"));
  }

  async #air(verb) {
    let refused = null;
    const told = ({ left }) => {
      [refused] = Object.values(left);
    };
    const batch = await actOn([this.#on.now().slug], verb, { told });
    if (refused) notify(refused, { error: true });
    await this.#on.done(null);
    if (refused) return;
    const until = () => date(this.#editor.live.expires_on);
    const words = verb === "verify" ? t("life.verified", { date: until() }) : t("life.archived");
    offerUndo(words, () => this.#undo(batch));
  }

  #undo(batch) {
    return this.#on.afterwards(async () => this.#on.done(await undoActs(batch)));
  }
}
