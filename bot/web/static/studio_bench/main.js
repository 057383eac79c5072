/** The test bench: asks one question of one or two texts, and shows both beside each other. */

import { api } from "../staff/api.js";
import { $ } from "../staff/dom.js";
import { notify } from "../staff/notices.js";
import { page, t } from "../staff/page.js";
import { kept, watchSession } from "../staff/session.js";
import { explain } from "../staff/work.js";
import { offerArticles } from "./articles.js";
import { drawGolden } from "./golden.js";
import { Past } from "./past.js";
import { compared, drawResult } from "./result.js";
import { Side } from "./side.js";

const TYPED = "bench.typed";

watchSession();
offerArticles();
const sides = [new Side("a"), new Side("b")];
const past = new Past((address) => {
  history.pushState(null, "", address);
  follow();
});
let asked = 0;

$("bench-form").addEventListener("submit", (event) => {
  event.preventDefault();
  ask();
});
$("question").addEventListener("keydown", (event) => {
  // As in a chat: Enter asks, Shift and Enter make a new line.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  ask();
});
$("bench-form").addEventListener("input", () => kept.set(TYPED, address()));
$("copy-link").addEventListener("click", copyLink);
addEventListener("popstate", follow);
follow();

/** Shows what the address names, and asks it. Without a question, what was typed here last. */
async function follow() {
  const given = new URLSearchParams(location.search);
  const wished = given.has("q") ? given : new URLSearchParams(kept.get(TYPED) ?? "");
  $("question").value = wished.get("q") ?? "";
  $("language").value = wished.get("in") === "es" ? "es" : (wished.get("in") ?? page.language);
  $("previous").value = wished.get("after") ?? "";
  $("after").open = Boolean($("previous").value);
  $("scope").value = wished.get("for") ?? "";
  $("about").open = Boolean($("scope").value);
  try {
    await Promise.all(sides.map((side) => side.set(wished.get(side.name) ?? "")));
  } catch (error) {
    explain(error);
  }
  if (given.get("q")) ask();
}

async function ask() {
  const question = $("question").value.trim();
  $("question-problem").textContent = question ? "" : t("bench.question_missing");
  $("question").toggleAttribute("aria-invalid", !question);
  if (!question) {
    $("question").focus();
    return;
  }
  const wish = {
    question,
    language: $("language").value,
    previous: $("previous").value.trim(),
    scope: $("scope").value.trim(),
  };
  const turn = ++asked;
  const chosen = sides.filter((side) => side.chosen);
  const unready = chosen.find((side) => !side.ready);
  if (unready) {
    unready.complain();
    return;
  }
  const here = `?${address()}`;
  if (here !== location.search) history.pushState(null, "", here);
  $("bench-status").textContent = t("bench.asking");
  $("results").setAttribute("aria-busy", "true");
  try {
    const found = await Promise.all(
      chosen.map((side) => api("POST", "/api/bench", { ...wish, version: side.version })),
    );
    if (turn !== asked) return;
    $("nothing").hidden = true;
    $("results").replaceChildren(...found.map((one, at) => drawResult(one, chosen[at], wish)));
    $("results").dataset.count = found.length;
    $("bench-status").textContent = compared(found);
    past.add(question, here);
    drawGolden(question, found[0]);
  } catch (error) {
    if (turn === asked) {
      $("bench-status").textContent = "";
      explain(error);
    }
  } finally {
    if (turn === asked) $("results").removeAttribute("aria-busy");
  }
}

function address() {
  const query = new URLSearchParams({ q: $("question").value.trim(), in: $("language").value });
  if ($("previous").value.trim()) query.set("after", $("previous").value.trim());
  if ($("scope").value.trim()) query.set("for", $("scope").value.trim());
  for (const side of sides) if (side.address) query.set(side.name, side.address);
  return query.toString();
}

async function copyLink() {
  const link = new URL(`?${address()}`, location.href).href;
  history.replaceState(null, "", link);
  try {
    await navigator.clipboard.writeText(link);
    notify(t("bench.link_copied"));
  } catch {
    notify(t("bench.link_failed"));
  }
}
