/** Choosing topics: those chosen as a list, and a search among the others. */

import { $, button, h } from "../staff/dom.js";
import { announce } from "../staff/notices.js";
import { page, t } from "../staff/page.js";
import { plain, searched } from "../staff/words.js";

const MOST = 8;
const titles = new Map(page.topics.map(({ id, title }) => [id, title]));

/** What staff call a topic. */
export function topicTitle(id) {
  return titles.get(id) ?? id;
}

export class Topics {
  #chosen = [];
  #changed;

  constructor(changed) {
    this.#changed = changed;
    $("topic-search").addEventListener("input", () => this.#search());
    $("topic-search").addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      $("found-topics").querySelector("button")?.click();
    });
  }

  get chosen() {
    return [...this.#chosen];
  }

  set chosen(ids) {
    this.#chosen = [...ids];
    $("topic-search").value = "";
    this.#draw();
    this.#search();
  }

  #draw() {
    $("chosen").replaceChildren(...this.#chosen.map((id) => this.#chip(id)));
    $("chosen").hidden = !this.#chosen.length;
  }

  #chip(id) {
    const title = topicTitle(id);
    const label = t("notices.topic_remove", { topic: title });
    const drop = () => this.#drop(id);
    return h(
      "li",
      {},
      title,
      h("button", { type: "button", className: "chip-remove", "aria-label": label, title: label, on: { click: drop } }, "×"),
    );
  }

  #drop(id) {
    this.#chosen = this.#chosen.filter((one) => one !== id);
    this.#draw();
    this.#search();
    this.#tell();
    $("topic-search").focus();
  }

  #search() {
    const words = searched($("topic-search").value);
    const fits = ({ id, title }) =>
      !this.#chosen.includes(id) && words.every((word) => plain(title).includes(word) || id.includes(word));
    const found = words.length ? page.topics.filter(fits).slice(0, MOST) : [];
    const none = words.length && !found.length;
    $("found-topics").replaceChildren(
      ...found.map((topic) => this.#offer(topic)),
      ...(none ? [h("li", { className: "help" }, t("notices.topics_none"))] : []),
    );
  }

  #offer({ id, title }) {
    const add = () => {
      this.#chosen.push(id);
      $("topic-search").value = "";
      this.#draw();
      this.#search();
      this.#tell();
      $("topic-search").focus();
    };
    return h("li", {}, button(title, add, "quiet"));
  }

  #tell() {
    announce(t("notices.topics_chosen", { count: this.#chosen.length }));
    this.#changed();
  }
}
