/** Beside a notice: its versions, and the open cases that it concerns. */

import { api } from "../staff/api.js";
import { $, button, h } from "../staff/dom.js";
import { notify } from "../staff/notices.js";
import { t } from "../staff/page.js";
import { languageName } from "../staff/words.js";
import { when } from "../studio/words.js";
import { told } from "./words.js";

/** The versions, newest first. */
export function drawHistory(versions, liveId) {
  $("history-panel").hidden = !versions.length;
  $("history").replaceChildren(...versions.map((version) => row(version, version.id === liveId)));
}

function row(version, isLive) {
  const { number, created_by: name, created_at: at } = version;
  const published = version.published_at && {
    name: version.published_by,
    time: when(version.published_at),
  };
  return h(
    "li",
    {},
    h("strong", {}, t("notices.version", { number })),
    isLive ? h("span", { className: "badge ok" }, t("notices.version_live")) : null,
    h("p", { className: "help" }, t("notices.version_by", { name, time: when(at) })),
    published ? h("p", { className: "help" }, t("notices.version_published", published)) : null,
    published ? h("p", { className: "help" }, told(version.told)) : null,
    h("p", { lang: "en", className: "as-written" }, version.en),
    h("p", { lang: "es", className: "as-written" }, version.es),
  );
}

/** The open cases; whoever may open them gets the way to the console. */
export async function drawCases(notice) {
  const found = await api("GET", `/api/notices/${notice.id}/cases`, undefined, { background: true });
  const some = found.cases.length > 0;
  $("cases-panel").hidden = false;
  const lead = [t(some ? "notices.cases_lead" : "notices.cases_none")];
  const [count, total] = [found.cases.length, found.total];
  if (total > count) lead.push(t("notices.cases_more", { count, total }));
  $("cases-lead").textContent = lead.join(" ");
  $("cases-copy").hidden = !some;
  $("cases-copy").replaceChildren(copier(notice.head, "en"), copier(notice.head, "es"));
  $("cases").replaceChildren(...found.cases.map((one) => caseRow(one, found.may_open)));
}

function caseRow(one, mayOpen) {
  const has = one.agent_name
    ? t("notices.cases_claimed", { name: one.agent_name })
    : t("notices.cases_waiting");
  const facts = [has, t("notices.cases_since", { time: when(one.requested_at) }), languageName(one.language), one.site];
  return h(
    "li",
    {},
    h("strong", {}, t(`console.reason_${one.reason}`)),
    h("p", { className: "help" }, facts.filter(Boolean).join(" · ")),
    mayOpen
      ? h("a", { href: `/console#${one.conversation_id}` }, t("notices.cases_open"))
      : h("p", { className: "help" }, t("notices.cases_ask")),
  );
}

function copier(head, language) {
  const copy = async () => {
    await navigator.clipboard.writeText(head[language]);
    notify(t("notices.copied"));
  };
  const text = `${t("notices.copy")} (${languageName(language)})`;
  return button(text, copy, "quiet", { disabled: !head[language] });
}
