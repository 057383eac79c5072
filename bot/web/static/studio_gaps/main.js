/** The gaps: the list with its filters, what is new to whoever looks, and the grouping. */

import { api } from "../staff/api.js";
import { $, closeDialogs, debounce, reconcile } from "../staff/dom.js";
import { notify } from "../staff/notices.js";
import { t } from "../staff/page.js";
import { watchSession } from "../staff/session.js";
import { explain } from "../staff/work.js";
import { when } from "../studio/words.js";
import { Card } from "./card.js";
import { Dialogs } from "./dialogs.js";

const EVERY_MS = 60_000;
const RUNNING_MS = 1000;
const AT_ONCE = 50;

const FITS = {
  repeated: (gap) => gap.state === "open" && gap.conversations > 1,
  once: (gap) => gap.state === "open" && gap.conversations < 2,
  writing: (gap) => gap.state === "writing",
  published: (gap) => gap.state === "published",
  dismissed: (gap) => gap.state === "dismissed",
};

let gaps = [];
let shown = AT_ONCE;
let timer = 0;
let following = false;
const cards = new Map();
const dialogs = new Dialogs({ changed: refresh, all: () => gaps });

watchSession();
closeDialogs();
$("filters").addEventListener("submit", (event) => event.preventDefault());
$("search").addEventListener("input", debounce(again, 150));
for (const id of ["show", "language", "kind"]) $(id).addEventListener("change", again);
$("more").addEventListener("click", () => {
  const from = shown;
  shown += AT_ONCE;
  draw();
  $("gaps").children[from]?.querySelector("button")?.focus();
});
$("seen").addEventListener("click", markSeen);
$("run").addEventListener("click", run);
setInterval(() => refresh({ background: true }), EVERY_MS);
refresh();

/** Reads the list again. */
async function refresh(options) {
  try {
    const found = await api("GET", "/api/gaps", undefined, options);
    gaps = found.gaps;
    draw();
    follow(found.run);
  } catch (error) {
    explain(error, options);
  }
}

function again() {
  shown = AT_ONCE;
  draw();
}

function chosen() {
  const words = $("search").value.toLowerCase().split(/\s+/u).filter(Boolean);
  const [language, kind] = [$("language").value, $("kind").value];
  return gaps.filter(
    (gap) =>
      FITS[$("show").value](gap) &&
      (!language || gap.languages[language]) &&
      (!kind || gap.kinds[kind]) &&
      words.every((word) => gap.name.toLowerCase().includes(word)),
  );
}

function draw() {
  for (const option of $("show").options) {
    const own = gaps.filter(FITS[option.value]);
    const fresh = own.filter((gap) => gap.new).length;
    const id = fresh ? "gaps.shelf_new" : "gaps.shelf";
    option.textContent = t(id, { name: t(`gaps.show_${option.value}`), count: own.length, fresh });
  }
  const found = chosen();
  const fresh = found.filter((gap) => gap.new).length;
  $("count").textContent = t(found.length === 1 ? "gaps.count_one" : "gaps.count_many", {
    count: found.length,
    fresh,
  });
  $("seen").hidden = fresh === 0;
  $("empty").hidden = found.length > 0;
  $("empty-help").textContent = t(gaps.length ? "gaps.empty_filter" : "gaps.empty_help");
  $("more").hidden = found.length <= shown;
  reconcile($("gaps"), found.slice(0, shown), {
    key: (gap) => gap.id,
    create: (gap) => {
      const card = new Card(gap, dialogs, looked);
      cards.set(gap.id, card);
      return card.node;
    },
    update: (_, gap) => cards.get(gap.id).draw(gap),
  });
}

/** Whoever read a gap's questions has seen what came into it up to a time, and nothing later. */
async function looked(gap, upto) {
  if (!gap.new) return;
  try {
    await api("POST", "/api/gaps/looks", { looks: [{ id: gap.id, upto }] });
    await refresh({ background: true });
  } catch (error) {
    explain(error, { background: true });
  }
}

async function markSeen() {
  const looks = chosen().filter((gap) => gap.new).map(({ id, upto }) => ({ id, upto }));
  try {
    await api("POST", "/api/gaps/looks", { looks });
    notify(t("gaps.marked", { count: looks.length }));
    await refresh();
    $("count").scrollIntoView({ block: "nearest" });
    $("show").focus();
  } catch (error) {
    explain(error);
  }
}

// --- the grouping

async function run() {
  if ($("run").getAttribute("aria-disabled") === "true") return;
  following = true;
  follow({ stage: "reading", total: 0 });
  clearTimeout(timer);
  try {
    follow(await api("POST", "/api/gaps/run", {}));
  } catch (error) {
    following = false;
    await refresh();
    explain(error);
  }
}

function follow(state) {
  clearTimeout(timer);
  const works = Boolean(state.stage);
  $("run").setAttribute("aria-disabled", String(works));
  $("run-bar").hidden = !works;
  if (works && state.total) $("run-bar").value = (100 * state.done) / state.total;
  else $("run-bar").removeAttribute("value");
  $("run-words").textContent = words(state);
  if (works) {
    following = true;
    timer = setTimeout(poll, RUNNING_MS);
  } else if (following) {
    following = false;
    refresh();
  }
}

async function poll() {
  try {
    follow(await api("GET", "/api/gaps/run", undefined, { background: true }));
  } catch (error) {
    explain(error, { background: true });
    timer = setTimeout(poll, EVERY_MS);
  }
}

function words({ stage, finished_at: at }) {
  if (stage) return t(`gaps.stage_${stage}`);
  return at ? t("gaps.ran", { time: when(at) }) : t("gaps.never_ran");
}
