/** The board that refreshes itself, and printing. Everything else of the page is from the server. */

import { api } from "../staff/api.js";
import { $, h } from "../staff/dom.js";
import { page } from "../staff/page.js";
import { watchSession } from "../staff/session.js";

// By asking, not by the console's socket: an open console says that its person takes cases.
const EVERY_MS = 5000;

let board = page.board;

watchSession();
setInterval(refresh, EVERY_MS);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) refresh();
});
preparePrinting();

async function refresh() {
  if (document.hidden) return;
  try {
    board = await api("GET", "/api/insights/live", undefined, { background: true });
    draw();
  } catch {
    $("board-updated").textContent = board.lost;
  }
}

function draw() {
  $("board-updated").textContent = board.updated;
  $("board-tiles").replaceChildren(
    ...board.tiles.map(({ label, value, tone }) =>
      h("div", { className: `tile ${tone}` }, h("dt", {}, label), h("dd", {}, value)),
    ),
  );
  for (const table of board.tables) drawTable($(`board-${table.id}`), table);
}

function drawTable(section, { rows, empty }) {
  const scroll = section.querySelector(".scroll");
  const none = section.querySelector(".empty");
  scroll.hidden = rows.length === 0;
  none.hidden = rows.length > 0;
  none.textContent = empty;
  scroll.querySelector("tbody").replaceChildren(
    ...rows.map(([name, ...cells]) =>
      h("tr", {}, rowHead(name), cells.map((cell) => h("td", {}, cell))),
    ),
  );
}

function rowHead(name) {
  const head = h("th", {}, name);
  head.scope = "row";
  return head;
}

/** On paper nothing can be unfolded, so everything is. */
function preparePrinting() {
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")];
    for (const one of opened) one.open = true;
  });
  addEventListener("afterprint", () => {
    for (const one of opened) one.open = false;
  });
  $("print").hidden = false;
  $("print").addEventListener("click", () => print());
}
