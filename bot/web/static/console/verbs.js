/** What is said at the head of the open case, and what may be done with it. */

import { $, button, h } from "../staff/dom.js";
import { t } from "../staff/page.js";
import { languageBadge } from "./queue.js";
import { inLanguage, priority } from "./words.js";

/** What stands at the head of a case: whose it is, how urgent, in which language. */
export function headBadges({ conversation, handoff }) {
  const held = conversation.mine ? "console.owner_me" : `console.owner_${conversation.owner}`;
  const made = [
    h(
      "span",
      { className: `badge ${conversation.mine ? "ok" : ""}` },
      t(held, { name: conversation.agent_name ?? "" }),
    ),
  ];
  if (handoff && handoff.priority !== "normal") {
    const tone = handoff.priority === "urgent" ? "danger" : "warn";
    made.push(h("span", { className: `badge ${tone}` }, priority(handoff.priority)));
  }
  const language = languageBadge(conversation.language);
  language.textContent = t("console.speaks", { language: inLanguage(conversation.language) });
  return [...made, language];
}

/** The buttons for what this agent may do. `verb(path, body, done)` does it. */
export function caseVerbs({ conversation, handoff }, verb) {
  if (conversation.mine && handoff) {
    return [
      releaseButton(handoff, verb),
      verbButton("return_to_bot", "", () => askResolve(handoff, "bot")),
      verbButton("resolve", "primary", () => askResolve(handoff, "close")),
    ];
  }
  if (conversation.owner === "queue" && handoff) {
    return [
      verbButton("claim", "primary", () =>
        verb(`/api/handoffs/${handoff.id}/claim`, {}, "console.claimed"),
      ),
    ];
  }
  if (conversation.owner === "bot") {
    return [
      verbButton("take_over", "primary", () =>
        verb(`/api/conversations/${conversation.id}/take-over`, {}, "console.claimed"),
      ),
    ];
  }
  if (conversation.may_release && handoff) return [releaseButton(handoff, verb)];
  return [];
}

function releaseButton(handoff, verb) {
  return verbButton("release", "", () =>
    verb(`/api/handoffs/${handoff.id}/release`, {}, "console.released"),
  );
}

function verbButton(name, tone, run) {
  return button(t(`console.${name}`), run, tone, { "data-verb": name });
}

/** The dialog in which a case ends, or goes back to the assistant; `handoff()` is its id. */
export function watchResolve(handoff, verb) {
  $("resolve-form").addEventListener("submit", () => {
    const chosen = new FormData($("resolve-form"));
    const toBot = chosen.get("next") === "bot";
    const body = {
      outcome: chosen.get("outcome"),
      to_bot: toBot,
      follow_up_on: chosen.get("follow_up_on") || null,
    };
    const done = toBot ? "console.returned" : "console.resolved";
    verb(`/api/handoffs/${handoff()}/resolve`, body, done);
  });
}

function askResolve(handoff, next) {
  const form = $("resolve-form");
  // What was chosen for one case is kept for another try, and is not the next case's.
  if (form.dataset.handoff !== String(handoff.id)) form.reset();
  form.dataset.handoff = handoff.id;
  form.elements.next.value = next;
  $("resolve").showModal();
}
