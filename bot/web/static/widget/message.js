/** Draws one message: who said it and when, its words, its source, its choices. */

import { renderBlocks, renderLink, renderText } from "../blocks.js";
import { element } from "./dom.js";

/** A message's element. `words` gives labels; the message's own words carry their language. */
export function renderMessage(message, words) {
  const look = message.kind === "safety" ? "safety" : `from-${message.author}`;
  const node = element("article", { class: `message ${look}`, "data-kind": message.kind });
  if (message.seq) node.dataset.seq = message.seq;
  if (message.client_id) node.dataset.clientId = message.client_id;
  if (message.choice) node.dataset.choice = message.choice;
  node.append(byline(message, words), body(message, words));
  if (message.options?.length) node.append(choices(message, words));
  if (message.author === "patient") node.append(element("p", { class: "delivery", "aria-live": "off" }));
  return node;
}

/** Says under a patient's message how far it got. The log announces the message, not this. */
export function showDelivery(node, state, words) {
  const line = node.querySelector(".delivery");
  line.dataset.text = state;
  line.textContent = words.get(state, line.dataset);
  node.dataset.delivery = state;
}

/** Says under a sent message that the person has seen it. Delivery stays what it is. */
export function showSeen(node, seen, words) {
  const line = node.querySelector(".delivery");
  const text = seen ? "seen" : "sent";
  if (line.dataset.text === text) return;
  line.dataset.text = text;
  line.textContent = words.get(text, line.dataset);
}

/** Puts the stored form of a patient's message in place of what was typed. */
export function showStored(node, message, words) {
  node.dataset.seq = message.seq;
  const time = node.querySelector("time");
  const moment = words.moment(message.sent_at);
  time.dateTime = message.sent_at;
  if (time.textContent !== moment) time.textContent = moment;
  showWords(node, message.text);
}

/** The patient's words as they may stay on the screen. Nothing new was said: no announcement. */
export function showWords(node, text) {
  const shown = node.querySelector(".words");
  if (shown.dataset.written === text) return;
  const stored = written({ text });
  stored.setAttribute("aria-live", "off");
  shown.replaceWith(stored);
}

/** No choice can be taken any more; `slug` was. */
export function closeChoices(node, slug, words) {
  for (const button of node.querySelectorAll("button[data-slug]:enabled")) {
    button.disabled = true;
    if (button.dataset.slug !== slug) continue;
    button.classList.add("chosen");
    button.append(element("span", { class: "visually-hidden", text: ` (${words.get("chosen")})` }));
  }
}

function byline(message, words) {
  const line = element("header", { class: "byline" });
  const agent = message.author === "agent" ? message.agent_name : null;
  if (agent) {
    line.append(element("span", { class: "initial", "aria-hidden": "true", text: agent[0] }));
    line.append(element("span", { class: "author", text: agent }));
  }
  const key = authorKey(message);
  line.append(
    element("span", { class: agent ? "role" : "author", "data-text": key, text: words.get(key) }),
  );
  if (message.sent_at) {
    const text = words.moment(message.sent_at);
    line.append(element("time", { datetime: message.sent_at, "data-moment": true, text }));
  }
  return line;
}

function authorKey({ author, kind }) {
  if (kind === "safety") return "important";
  const keys = { patient: "you", agent: "clinic_staff", system: "clinic_label" };
  return keys[author] ?? "assistant_label";
}

function body(message, words) {
  const { language, blocks, more, source } = message;
  const node = element("div", { class: "body", lang: language });
  const newTab = words.get("new_tab", {}, language);
  if (blocks) node.append(element("div", { class: "words" }, renderBlocks(blocks, { newTab })));
  else node.append(written(message));
  if (more?.length) {
    const summary = element("summary", { text: words.get("more", {}, language) });
    const rest = element("div", { class: "words" }, renderBlocks(more, { newTab }));
    node.append(element("details", { class: "more", "aria-live": "off" }, summary, rest));
  }
  if (source) node.append(sourceLine(source, language, words));
  return node;
}

function written({ text }) {
  const node = element("div", { class: "words" }, renderText(text));
  node.dataset.written = text;
  return node;
}

function sourceLine(source, language, words) {
  const label = (key, values) => words.get(key, values, language);
  const line = element("footer", { class: "source" });
  const title = element("cite", { text: source.title, lang: source.language });
  if (source.adapted) line.append(label("made_from"), " ");
  line.append(title);
  if (source.verified_on && !source.adapted) {
    const text = label("checked_on", { date: words.day(source.verified_on, language) });
    line.append(element("time", { datetime: source.verified_on, text }));
  }
  for (const { title, url } of source.sources ?? []) {
    line.append(element("span", {}, renderLink(url, [title], label("new_tab"))));
  }
  if (!source.reviewed) {
    line.append(element("strong", { class: "unreviewed", text: label("unreviewed") }));
  }
  return line;
}

function choices(message, words) {
  const label = words.get("choose", {}, message.language);
  const list = element("ul", { class: "choices", "aria-label": label, lang: message.language });
  for (const { slug, title } of message.options) {
    const button = element("button", { type: "button", "data-slug": slug, text: title });
    list.append(element("li", {}, button));
  }
  return list;
}
