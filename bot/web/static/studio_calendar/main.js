/** The calendar: what waits for me, what goes live by itself, and what falls due in a month. */

import { api } from "../staff/api.js";
import { $, button, h } from "../staff/dom.js";
import { notify, offerUndo } from "../staff/notices.js";
import { page, t } from "../staff/page.js";
import { watchSession } from "../staff/session.js";
import { languageName } from "../staff/words.js";
import { OneAtATime } from "../staff/work.js";
import { actOn, undoActs } from "../studio/acts.js";
import { date, daysUntil, when } from "../studio/words.js";
import { Month } from "./month.js";

const SHOWN = 50;
const SOON_DAYS = 30;

watchSession();

let data = { today: "", due: [], planned: [], waiting: [] };
let shown = SHOWN;
let overdue = false;
const turns = new OneAtATime();
const picked = new Set();
const month = new Month(() => {
  overdue = false;
  shown = SHOWN;
  draw();
});

$("only-mine").addEventListener("change", () => draw());
$("overdue").addEventListener("click", () => {
  overdue = true;
  shown = SHOWN;
  draw();
});
$("more").addEventListener("click", () => {
  const from = shown;
  shown += SHOWN;
  draw();
  $("due").children[from]?.querySelector("a").focus();
});
$("run-all").addEventListener("click", () => {
  for (const one of listed()) picked.add(one.slug);
  draw();
});
$("run-verify").addEventListener("click", () => turns.run(() => verify([...picked])));
turns.run(refresh);

async function refresh() {
  data = await api("GET", "/api/calendar");
  month.begin(data.today);
  draw();
}

function mine() {
  const me = page.me.account_id;
  return $("only-mine").checked ? data.due.filter((one) => one.owner === me) : data.due;
}

/** What the list shows: a day, a month, or all that is over. */
function listed() {
  if (overdue) return mine().filter((one) => one.due_on < data.today);
  return mine().filter((one) => month.holds(one.due_on));
}

/** One line for the languages of an article that fall due on the same day. */
function together(texts) {
  const found = new Map();
  for (const one of texts) {
    const key = `${one.slug} ${one.due_on}`;
    const first = found.get(key);
    if (first) first.languages.push(one.language);
    else found.set(key, { ...one, languages: [one.language] });
  }
  return [...found.values()];
}

function draw() {
  drawTasks();
  drawPlans();
  month.draw(mine(), data.today);
  const late = mine().filter((one) => one.due_on < data.today).length;
  $("overdue").hidden = late === 0;
  $("overdue").textContent = t("life.overdue", { count: late });
  $("overdue").setAttribute("aria-pressed", String(overdue));
  const found = together(listed());
  drawAhead(found.length === 0);
  $("due-empty").hidden = found.length > 0;
  $("due").replaceChildren(...found.slice(0, shown).map(dueRow));
  $("more").hidden = found.length <= shown;
  $("run").hidden = picked.size === 0;
  $("run-count").textContent = t("life.selected", { count: picked.size });
  const slugs = new Set(found.map((one) => one.slug)).size;
  $("run-all").textContent = t("life.select_all", { count: slugs });
}

/** In a month in which nothing falls due: the way to the next in which something does. */
function drawAhead(nothing) {
  const ahead = mine().find((one) => one.due_on > data.today && !month.isBefore(one.due_on));
  $("ahead").hidden = !nothing || !ahead;
  if (!ahead) return;
  $("ahead").textContent = t("life.due_next", { date: date(ahead.due_on) });
  $("ahead").onclick = () => month.look(ahead.due_on);
}

function drawTasks() {
  const own = together(
    data.due.filter((one) => isForMe(one) && daysUntil(one.due_on) <= SOON_DAYS),
  );
  const nodes = [...data.waiting.map(waitingRow), ...own.map(ownRow)];
  $("tasks").replaceChildren(...nodes);
  $("tasks-empty").hidden = nodes.length > 0;
  $("tasks-count").textContent = String(nodes.length);
}

/** Mine, or nobody's when somebody like me is to look after those. */
function isForMe({ owner }) {
  if (owner === page.me.account_id) return true;
  return page.cares_for_unowned && !page.people.some(({ id }) => id === owner);
}

function waitingRow(one) {
  const values = { name: one.by, date: when(one.at), count: one.findings };
  const own = one.verb === "submitted" && one.mine;
  const text = one.verb === "submitted" ? (own ? "own_review" : "in_review") : one.verb;
  return row(one, t(`life.task_${text}`, values), one.comment);
}

function ownRow(one) {
  const text = one.due_on < data.today ? "task_overdue" : "task_due";
  const told = [
    one.owner === page.me.account_id ? "" : t("life.no_owner"),
    one.told.length ? t("life.told", { days: Math.min(...one.told) }) : "",
  ];
  const more = told.filter(Boolean).join(" · ");
  return row(one, t(`life.${text}`, { date: date(one.due_on) }), more, verifyButton(one));
}

function drawPlans() {
  $("plans-empty").hidden = data.planned.length > 0;
  $("plans").replaceChildren(
    ...data.planned.map((one) => row(one, t("life.planned", { date: when(one.at), name: one.by }))),
  );
}

function dueRow(one) {
  const box = h("input", {
    type: "checkbox",
    checked: picked.has(one.slug),
    "aria-label": t("life.select_one", { title: one.title }),
  });
  box.addEventListener("change", () => {
    if (box.checked) picked.add(one.slug);
    else picked.delete(one.slug);
    draw();
    document.querySelector(`#due [data-id="${one.version_id}"] input`)?.focus();
  });
  const owner = page.people.find((person) => person.id === one.owner)?.name ?? t("life.no_owner");
  const node = row(one, date(one.due_on), owner, verifyButton(one));
  node.dataset.id = one.version_id;
  node.prepend(box);
  return node;
}

function row(one, text, more = "", button = null) {
  return h(
    "li",
    { className: "cal-row" },
    h(
      "div",
      {},
      h("a", { href: `/studio#${one.slug}/${one.language}`, lang: one.language }, one.title),
      h("p", {}, `${(one.languages ?? [one.language]).map(languageName).join(", ")} · ${text}`),
      more ? h("p", { className: "cal-more" }, more) : null,
    ),
    button,
  );
}

function verifyButton(one) {
  return button(
    t("life.verify"),
    () => turns.run(() => verify([one.slug])),
    "small",
    { "aria-label": `${t("life.verify")}: ${one.title}` },
  );
}

async function verify(slugs) {
  const done = [];
  const told = (piece) => {
    done.push(...piece.done);
    $("run-count").textContent = t("life.act_progress", { done: done.length, count: slugs.length });
  };
  const batch = await actOn(slugs, "verify", { told });
  picked.clear();
  await refresh();
  offerUndo(t("life.act_done", { count: done.length }), () => turns.run(() => undo(batch)));
}

async function undo(batch) {
  const words = await undoActs(batch);
  await refresh();
  notify(words);
}
