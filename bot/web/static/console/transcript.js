/** The lines of a conversation, drawn from data; words are never markup. */

import { renderBlocks, renderText } from "../blocks.js";
import { $, h, icon } from "../staff/dom.js";
import { page, t } from "../staff/page.js";
import { at, dayOf } from "../staff/words.js";
import { reportButton } from "./report.js";

const NEAR_END_PX = 80;

export class Transcript {
  #node = $("transcript");
  #lastSeq = 0;
  #lastDay = null;
  #following = true;
  #height = 0;

  constructor() {
    this.#node.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    // The reply box and the buttons take room away from the list, not from its latest line.
    new ResizeObserver(() => this.#resized()).observe(this.#node);
  }

  /** The seq of the newest line that is shown. */
  get lastSeq() {
    return this.#lastSeq;
  }

  /** Shows these lines and nothing else, without having them read out. */
  show(messages) {
    this.#node.setAttribute("aria-live", "off");
    this.#node.replaceChildren();
    this.#lastSeq = 0;
    this.#lastDay = null;
    for (const message of messages) this.#append(message);
    this.#following = true;
    this.#follow();
    requestAnimationFrame(() => this.#node.setAttribute("aria-live", "polite"));
  }

  /** Adds a line that is new; one that is here already changes nothing. */
  add(message) {
    if (message.seq <= this.#lastSeq) return false;
    this.#append(message);
    this.#follow();
    return true;
  }

  #scrolled() {
    const { scrollHeight, scrollTop, clientHeight } = this.#node;
    // A new height is no wish to read further up; the observer is about to hear of it.
    if (clientHeight !== this.#height) return;
    this.#following = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
  }

  #resized() {
    this.#height = this.#node.clientHeight;
    this.#follow();
  }

  #follow() {
    if (this.#following) this.#node.scrollTop = this.#node.scrollHeight;
  }

  #append(message) {
    this.#lastSeq = message.seq;
    const day = dayOf(message.sent_at);
    if (day !== this.#lastDay) this.#node.append(h("p", { className: "day" }, day));
    this.#lastDay = day;
    this.#node.append(line(message));
  }
}

function line(message) {
  const safety = message.kind === "safety";
  const body = message.blocks ? renderBlocks(message.blocks, newTab()) : renderText(message.text);
  return h(
    "article",
    { className: `line ${message.author}${safety ? " safety" : ""}` },
    h(
      "p",
      { className: "by" },
      h("span", { className: "author" }, author(message)),
      safety ? h("span", { className: "badge danger" }, icon("alert"), t("console.safety")) : null,
      message.choice ? h("span", { className: "badge" }, t("console.chose")) : null,
      h("time", { dateTime: message.sent_at }, at(message.sent_at)),
    ),
    h("div", { className: "words", lang: message.language }, body),
    message.more ? more(message) : null,
    message.options?.length ? options(message) : null,
    message.source ? source(message.source) : null,
    reportButton(message),
  );
}

function author({ author: who, agent_name: name }) {
  if (who === "agent") return name === page.me.display_name ? `${name} (${t("console.you")})` : name;
  return t({ patient: "console.patient", bot: "console.assistant", system: "console.system" }[who]);
}

function more(message) {
  return h(
    "details",
    { className: "more" },
    h("summary", {}, t("console.more")),
    h("div", { lang: message.language }, renderBlocks(message.more, newTab())),
  );
}

function options(message) {
  return h(
    "div",
    { className: "options" },
    h("p", {}, t("console.choices")),
    h("ul", { lang: message.language }, message.options.map((one) => h("li", {}, one.title))),
  );
}

function source(found) {
  const words = found.adapted ? "writing.source_adapted" : "console.source";
  return h("p", { className: "source" }, t(words, { title: found.title }));
}

function newTab() {
  return { newTab: t("staff.new_tab") };
}
