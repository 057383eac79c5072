/** Being there: one's own state, who else is there, and what calls everybody. */

import { api } from "../staff/api.js";
import { $, h, reconcile } from "../staff/dom.js";
import { announce, notify } from "../staff/notices.js";
import { t } from "../staff/page.js";
import { explain } from "../staff/work.js";
import { mute, muted, ring } from "./sound.js";

/** Shows and sets presence. Whoever is away is called by no sound. */
export function watchPresence(socket) {
  socket.addEventListener("open", refresh);
  socket.addEventListener("lost", () => show({ state: "offline", people: [] }));
  socket.addEventListener("frame", ({ detail }) => {
    if (detail.type === "presence.changed") refresh();
    // How much each of them has is only seen in the open list.
    if (detail.type === "queue.changed" && $("team").open) refresh();
    if (detail.type === "alarm.raised") alarm();
  });
  $("presence-state").addEventListener("change", choose);
  $("sound").addEventListener("click", () => {
    mute(!muted());
    showSound();
  });
  $("team").addEventListener("toggle", () => $("team").open && refresh());
  $("team").addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !$("team").open) return;
    event.stopPropagation();
    $("team").open = false;
    $("team").querySelector("summary").focus();
  });
  document.addEventListener("pointerdown", ({ target }) => {
    if (!$("team").contains(target)) $("team").open = false;
  });
  showSound();
}

/** A case was given to this agent. */
export function callFor(words, open) {
  notify(words, { action: { label: t("console.offered_open"), run: open } });
  if (isHere()) ring("offer");
}

function alarm() {
  announce(t("console.alarm_raised"));
  if (isHere()) ring("alarm");
}

/** Whether this agent takes cases now. */
export function isHere() {
  return $("presence-state").dataset.state === "online";
}

async function refresh() {
  try {
    show(await api("GET", "/api/presence", undefined, { background: true }));
  } catch (error) {
    explain(error, { background: true });
  }
}

async function choose() {
  const state = $("presence-state").value;
  try {
    await api("POST", "/api/presence", { state });
    notify(t(`console.presence_now_${state}`));
  } catch (error) {
    explain(error);
  }
  await refresh();
}

function show({ state, people }) {
  const field = $("presence-state");
  field.disabled = state === "offline";
  field.dataset.state = state;
  if (state !== "offline") field.value = state;
  $("team-count").textContent = people.length || "";
  reconcile($("team-list"), people.length ? people : [null], {
    key: (one) => (one ? one.id : "nobody"),
    create: () => h("li"),
    update: (node, one) => {
      node.textContent = one ? inWords(one) : t("console.team_empty");
    },
  });
}

function inWords({ name, me, state, load, capacity }) {
  return t("console.team_one", {
    name: me ? t("console.team_me", { name }) : name,
    state: t(`console.team_${state}`),
    load,
    capacity,
  });
}

function showSound() {
  $("sound").textContent = t(muted() ? "console.sound_off" : "console.sound_on");
}
