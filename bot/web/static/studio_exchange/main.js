/** Import and export: a file is looked at, taken into drafts, taken back; the base goes out. */

import { api } from "../staff/api.js";
import { $, button, h, reconcile } from "../staff/dom.js";
import { notify, offerUndo } from "../staff/notices.js";
import { hasText, page, t } from "../staff/page.js";
import { isLeaving, watchSession } from "../staff/session.js";
import { languageName } from "../staff/words.js";
import { OneAtATime, explain } from "../staff/work.js";
import { when } from "../studio/words.js";
import { drawReport } from "./report.js";
import { download, send } from "./transfer.js";

const KINDS = { csv: "csv", tsv: "csv", txt: "csv", docx: "docx", html: "html", htm: "html" };
const MEGABYTE = 1_000_000;
const LONG_MS = 300;

watchSession();
const turns = new OneAtATime(refused);
$("import").addEventListener("submit", (event) => {
  event.preventDefault();
  work(() => run("look"));
});
$("file").addEventListener("change", () => {
  problem("");
  $("report").hidden = true;
});
$("onto").addEventListener("change", () => {
  $("report").hidden = true;
});
$("base").addEventListener("submit", (event) => {
  event.preventDefault();
  const drafts = $("drafts").checked ? "?drafts=1" : "";
  work(() => get(`/api/exchange/base.zip${drafts}`, "careline-base.zip"));
});
$("book").addEventListener("submit", (event) => {
  event.preventDefault();
  const language = $("book-language").value;
  const query = language ? `?language=${language}` : "";
  work(() => get(`/api/exchange/book.html${query}`, "careline-book.html"));
});
refreshFiles();

/** Sends the chosen file, to be looked at or taken. */
async function run(act) {
  const file = $("file").files[0];
  const kind = file && KINDS[file.name.split(".").pop().toLowerCase()];
  if (!file) return problem(t("exchange.error_none"));
  if (!kind) return problem(t("exchange.error_kind"));
  const most = page.limits[kind];
  if (file.size > most * MEGABYTE) {
    return problem(t("exchange.error_large", { name: file.name, most }));
  }
  problem("");
  const wish = { kind, name: file.name.slice(0, 200), act, onto_existing: $("onto").checked };
  const shown = showWork(t("exchange.working_read", { name: file.name }));
  let end;
  try {
    end = await send(wish, file, (step) => shown.step(step));
  } finally {
    shown.end();
  }
  drawReport(end.report, { taken: act === "take", take: () => work(() => run("take")) });
  if (act === "take") {
    $("file").value = "";
    await refreshFiles();
  }
}

/** A bar that tells how far it is; not for what is over at once. */
function showWork(text) {
  const timer = setTimeout(() => {
    $("working").hidden = false;
  }, LONG_MS);
  $("stage").textContent = text;
  $("bar").removeAttribute("value");
  return {
    step({ stage, done, all }) {
      $("stage").textContent = t(`exchange.working_${stage}`, { done, all });
      $("bar").max = all;
      $("bar").value = done;
    },
    end() {
      clearTimeout(timer);
      $("working").hidden = true;
    },
  };
}

async function get(path, name) {
  $("export-state").textContent = t("exchange.getting");
  try {
    await download(path, name);
    $("export-state").textContent = t("exchange.got", { name });
  } catch (error) {
    $("export-state").textContent = "";
    throw error;
  }
}

async function refreshFiles() {
  try {
    const found = await api("GET", "/api/exchange/imports", undefined, { background: true });
    $("files-empty").textContent = found.length ? "" : t("exchange.files_empty");
    $("files-empty").hidden = found.length > 0;
    reconcile($("files"), found, {
      key: (one) => JSON.stringify([one.id, one.state, one.finished]),
      create: (one) => h("li", { className: "file" }, ...line(one)),
    });
  } catch (error) {
    if (!error.code) throw error;
    if (!isLeaving()) $("files-empty").textContent = error.words;
  }
}

function line(one) {
  const removed = one.state === "removed";
  const counts = one.finished
    ? t("exchange.file_counts", { taken: one.taken, collisions: one.collisions, bad: one.bad })
    : t("exchange.file_unfinished");
  const act = removed ? "bring_back" : "remove";
  const words = removed
    ? t("exchange.state_removed", { name: one.removed_by })
    : t("exchange.state_taken");
  return [
    h(
      "div",
      { className: "file-what" },
      h("strong", {}, one.file),
      " ",
      h("span", { className: removed ? "badge" : "badge ok" }, words),
      h("p", { className: "help" }, `${t("exchange.file_line", { name: one.by, date: when(one.at) })}: ${counts}`),
    ),
    h(
      "div",
      { className: "actions" },
      one.finished ? fileButton("exchange.show_report", one, () => showReport(one)) : null,
      fileButton(`exchange.${act}`, one, () => turn(one, act)),
    ),
  ];
}

function fileButton(id, one, run) {
  return button(t(id), () => work(run), "", { "aria-label": `${t(id)}: ${one.file}` });
}

async function showReport(one) {
  const found = await api("GET", `/api/exchange/imports/${one.id}`);
  drawReport(found.report, { taken: true });
}

async function turn(one, act) {
  const path = `/api/exchange/imports/${one.id}/${act.replace("_", "-")}`;
  const { done, left } = await api("POST", path, {});
  const back = act === "remove" ? "bring_back" : "remove";
  const said = act === "remove" ? "exchange.removed" : "exchange.brought_back";
  offerUndo(t(said, { count: done }), () => work(() => turn(one, back)));
  const lines = left.map(({ slug, language, why }) =>
    t("exchange.left_line", {
      slug,
      language: languageName(language),
      why: t(`exchange.left_${why}`),
    }),
  );
  if (lines.length) notify([t("exchange.left_title"), ...lines].join(" "), { error: true });
  await refreshFiles();
}

/** One thing at a time; a refusal says what to do and where. */
function work(run) {
  return turns.run(async () => {
    document.body.setAttribute("aria-busy", "true");
    try {
      await run();
    } finally {
      document.body.removeAttribute("aria-busy");
    }
  });
}

async function refused(error) {
  tell(error);
  await refreshFiles();
}

function tell(error) {
  const id = `exchange.error_${error.code}`;
  if (error.code === "invalid") {
    problem(error.advice);
  } else if (hasText(id)) {
    notify(t(id), { error: true });
  } else if (error.winner) {
    notify(t("exchange.error_winner", { winner: error.winner }), { error: true });
  } else {
    explain(error);
  }
}

function problem(text) {
  $("file-problem").replaceChildren(...(text ? [h("p", {}, text)] : []));
  $("file").setAttribute("aria-invalid", String(Boolean(text)));
  if (text) $("file").focus();
}
