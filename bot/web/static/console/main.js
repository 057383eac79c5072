/** The console: a queue, the conversation that is open, and what may be done with it. */

import { api } from "../staff/api.js";
import { $, closeDialogs } from "../staff/dom.js";
import { announce, clearErrors, notify } from "../staff/notices.js";
import { t } from "../staff/page.js";
import { watchSession } from "../staff/session.js";
import { explain } from "../staff/work.js";
import { Calls } from "./calls.js";
import { Composer } from "./composer.js";
import { Notes } from "./details.js";
import { Finder } from "./find.js";
import { FollowUps } from "./follow_ups.js";
import { Identity } from "./identity.js";
import { Looking } from "./looking.js";
import { Mentions } from "./mentions.js";
import { Moves } from "./moves.js";
import { Notifications } from "./notifications.js";
import { drawPacket } from "./packet.js";
import { isHere, watchPresence } from "./presence.js";
import { Queue } from "./queue.js";
import { watchReports } from "./report.js";
import { Seen } from "./seen.js";
import { Shortcuts } from "./shortcuts.js";
import { ConsoleSocket } from "./socket.js";
import { tellNews } from "./told.js";
import { Transcript } from "./transcript.js";
import { caseVerbs, headBadges, watchResolve } from "./verbs.js";
import { reason } from "./words.js";

const TYPING_SHOWN_MS = 6000;
const WITHOUT_SOCKET_MS = 10_000;
const CALLS_MS = 30_000;

const socket = new ConsoleSocket();
const notifications = new Notifications(open);
const queue = new Queue(open, {
  arrived: () => notifications.tell("writing.notify_request"),
  offered: (id) => notifications.tell("writing.notify_offer", id),
});
const calls = new Calls(open);
const transcript = new Transcript();
const composer = new Composer(socket, { stale: reload, sent });
const notes = new Notes(reload);
const followUps = new FollowUps(open);
const seen = new Seen(socket);
const mentions = new Mentions(open);
const finder = new Finder(open);
new Shortcuts(composer, finder, toggleDetails);
const identity = new Identity(reload);
const looking = new Looking(socket);
const moves = new Moves(verb);
let shown = null;
let typingTimer = 0;

watchSession();
closeDialogs();
watchReports(() => shown?.conversation.id);
watchResolve(() => shown.handoff.id, verb);
composer.restore();
mentions.refresh();
wire();
addEventListener("hashchange", follow);
refreshQueue();
watchPresence(socket);
socket.connect();
follow();

/** The conversation in the address, which also makes the browser's Back work. */
function follow() {
  const id = location.hash.slice(1);
  if (/^[0-9a-f]{32}$/u.test(id)) load(id);
  else close();
}

function open(id) {
  if (location.hash.slice(1) === id) load(id);
  else location.hash = id;
}

async function load(id) {
  const before = shown?.conversation.id;
  const found = await read(id);
  if (!found || location.hash.slice(1) !== id) return;
  if (before && before !== id && !queue.mine.includes(before)) socket.unwatch(before);
  show(found, before !== id);
  // What came while the page was being read is sent again from here on.
  watch(id);
  if (before !== id) $("conversation-title").focus();
}

function watch(id) {
  socket.watch(id, () => (shown?.conversation.id === id ? transcript.lastSeq : null));
}

/** Reads the open conversation again; returns it as it stands now. */
async function reload() {
  const id = shown?.conversation.id;
  const found = id ? await read(id) : null;
  if (found && shown?.conversation.id === id) show(found, false);
  return found?.conversation ?? null;
}

/** A first reply changes what the queue says of the case. */
function sent() {
  catchUp();
  refreshQueue();
}

/** Without the socket nothing arrives by itself. */
function catchUp() {
  if (!socket.live) reload();
}

async function read(id) {
  const background = shown?.conversation.id === id;
  try {
    return await api("GET", `/api/conversations/${id}`, undefined, { background });
  } catch (error) {
    explain(error);
    return null;
  }
}

function show(found, fresh) {
  shown = found;
  const { conversation, handoff } = found;
  $("content").dataset.view = "conversation";
  $("nothing").hidden = true;
  for (const part of ["head", "transcript", "composer"]) $(part).hidden = false;
  $("conversation-title").textContent = handoff ? reason(handoff.reason) : t("console.conversation");
  $("head-badges").replaceChildren(...headBadges(found));
  $("actions").replaceChildren(...moves.buttons(found), ...caseVerbs(found, verb));
  if (fresh) {
    transcript.show(found.messages);
    $("typing").hidden = true;
  } else {
    for (const message of found.messages) transcript.add(message);
  }
  composer.show(conversation, $("conversation-title").textContent);
  seen.show(conversation, found.messages);
  mentions.seen(conversation.id);
  drawPacket(found);
  identity.show(found);
  looking.show(conversation.id);
  notes.show(conversation.id, found.notes);
  $("details").hidden = false;
  queue.select(conversation.id);
}

function close() {
  if (shown && !queue.mine.includes(shown.conversation.id)) socket.unwatch(shown.conversation.id);
  const id = shown?.conversation.id;
  shown = null;
  seen.close();
  looking.show(null);
  $("content").dataset.view = "queue";
  $("nothing").hidden = false;
  for (const part of ["head", "transcript", "composer", "details", "typing"]) $(part).hidden = true;
  queue.select(null);
  if (id) document.querySelector(`[data-key="${id}"] .item`)?.focus();
}

/** One verb on a case, then the truth again. Returns whether it went well. */
async function verb(path, body, done) {
  const id = shown?.conversation.id;
  for (const one of $("actions").children) one.disabled = true;
  clearErrors();
  const went = (await repliesStored()) && (await act(path, body, done));
  await Promise.all([reload(), refreshQueue()]);
  // The page may not have been read again, and these are the only way to try once more.
  for (const one of $("actions").children) one.disabled = false;
  if (shown?.conversation.id !== id) return went;
  if (shown?.conversation.mine) composer.focus();
  else $("conversation-title").focus();
  return went;
}

/** A case is not moved away from under a reply that the patient does not have. */
async function repliesStored() {
  const stored = await composer.settle();
  if (!stored) notify(t("writing.reply_first"), { error: true });
  return stored;
}

async function act(path, body, done) {
  try {
    await api("POST", path, body);
  } catch (error) {
    explain(error);
    return false;
  }
  notify(t(done));
  return true;
}

async function refreshQueue() {
  finder.refresh();
  tellNews(open, (id) => notifications.tell("writing.notify_given", id));
  calls.refresh();
  try {
    await queue.refresh();
    for (const id of queue.mine) if (!socket.watches(id)) watch(id);
  } catch (error) {
    explain(error, { background: true });
  }
}

function hear(frame) {
  const here = shown && frame.conversation_id === shown.conversation.id;
  switch (frame.type) {
    case "queue.changed":
      refreshQueue();
      followUps.refresh();
      break;
    case "message.posted":
      if (frame.message.author === "patient") {
        notifications.tell("writing.notify_message", frame.conversation_id);
      }
      if (here) arrived(frame.message);
      else if (frame.message.author === "patient") {
        queue.unread(frame.conversation_id);
        announce(t("console.new_message"));
      }
      break;
    case "owner.changed":
    case "note.posted":
      if (here) reload();
      break;
    case "seen.changed":
      if (here) seen.patient(frame.seq);
      break;
    case "mention.posted":
      mentions.heard();
      notifications.tell("writing.mentioned");
      break;
    case "alarm.raised":
      if (isHere()) notifications.tell("writing.notify_alarm");
      break;
    case "typing.shown":
      if (here) showTyping(frame.typing);
      break;
    default:
  }
}

function arrived(message) {
  if (message.seq > transcript.lastSeq + 1) {
    watch(shown.conversation.id);
    return;
  }
  transcript.add(message);
  seen.line(message);
  if (message.author !== "patient") return;
  showTyping(false);
  composer.patientWrote();
}

function showTyping(yes) {
  clearTimeout(typingTimer);
  $("typing").hidden = !yes;
  if (yes) typingTimer = setTimeout(() => showTyping(false), TYPING_SHOWN_MS);
}

function showSocket(live) {
  $("socket").textContent = t(live ? "console.socket_live" : "console.socket_lost");
  $("socket").title = live ? "" : t("console.socket_lost_help");
  $("socket").classList.toggle("lost", !live);
}

function wire() {
  socket.addEventListener("open", () => {
    showSocket(true);
    reload();
  });
  socket.addEventListener("lost", () => showSocket(false));
  socket.addEventListener("frame", ({ detail }) => hear(detail));
  setInterval(catchUp, WITHOUT_SOCKET_MS);
  setInterval(() => calls.refresh(), CALLS_MS);
  $("back").addEventListener("click", () => {
    location.hash = "";
  });
  $("show-details").addEventListener("click", () => toggleDetails(true));
  $("hide-details").addEventListener("click", () => toggleDetails(false));
  $("details").addEventListener("keydown", (event) => {
    if (event.key === "Escape") toggleDetails(false);
  });
}

function toggleDetails(open) {
  $("content").classList.toggle("with-details", open);
  $("show-details").setAttribute("aria-expanded", String(open));
  if (open) $("hide-details").focus();
  // On a wide screen the details are always there, and Escape leads back to the head of the case.
  else if ($("show-details").checkVisibility()) $("show-details").focus();
  else $("conversation-title").focus();
}
