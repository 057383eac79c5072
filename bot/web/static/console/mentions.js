/** `@` in a note names a colleague; what names this agent is listed behind a button with a count. */

import { api } from "../staff/api.js";
import { $, h } from "../staff/dom.js";
import { announce } from "../staff/notices.js";
import { t } from "../staff/page.js";
import { at, plain } from "../staff/words.js";
import { Picker } from "./picker.js";

const OPENS = /(?:^|\s)@([^\n@]{0,40})$/u;

export class Mentions {
  #open;
  #colleagues = null;
  #found = [];

  /** `open(conversationId)` shows a case. */
  constructor(open) {
    this.#open = open;
    this.picker = new Picker($("note"), $("colleague-list"), {
      opens: OPENS,
      items: () => this.#names(),
      fits: ({ name }, typed) => plain(name).startsWith(typed) && plain(name) !== typed.trim(),
      draw: ({ name }) => [h("span", { className: "option-name" }, name)],
      take: ({ name }, { start, end }) => {
        $("note").setRangeText(`@${name} `, start, end, "end");
        $("note").dispatchEvent(new Event("input"));
      },
    });
    $("mentions-button").addEventListener("click", () => this.#list());
    $("mentions-close").addEventListener("click", () => $("mentions").close());
  }

  /** Reads what names this agent. */
  async refresh() {
    try {
      this.#found = await api("GET", "/api/mentions", undefined, { background: true });
    } catch {
      return;
    }
    const count = this.#found.filter(({ seen }) => !seen).length;
    $("mention-count").textContent = count || "";
    $("mentions-button").setAttribute(
      "aria-label",
      count ? t("writing.mentions_new", { count }) : t("writing.mentions"),
    );
    this.#draw();
  }

  /** Somebody just named this agent. */
  async heard() {
    announce(t("writing.mentioned"));
    await this.refresh();
  }

  /** The case is shown: what names the agent in it is no news any more. */
  async seen(id) {
    const news = this.#found.some((one) => one.conversation_id === id && !one.seen);
    if (!news) return;
    await api("POST", `/api/conversations/${id}/mentions-seen`, {}, { background: true }).catch(() => {});
    await this.refresh();
  }

  #names() {
    this.#colleagues ??= api("GET", "/api/colleagues", undefined, { background: true }).catch(() => {
      this.#colleagues = null;
      return [];
    });
    return this.#colleagues;
  }

  async #list() {
    $("mentions").showModal();
    await this.refresh();
  }

  #draw() {
    $("mentions-empty").hidden = this.#found.length > 0;
    $("mention-list").replaceChildren(
      ...this.#found.map((one) =>
        h(
          "li",
          {},
          h(
            "button",
            {
              type: "button",
              className: "button mention",
              on: {
                click: () => {
                  $("mentions").close();
                  this.#open(one.conversation_id);
                },
              },
            },
            one.seen ? null : h("span", { className: "badge info" }, t("writing.mention_new")),
            h("span", {}, t("writing.mention_line", { name: one.by, time: at(one.at) })),
          ),
        ),
      ),
    );
  }
}
