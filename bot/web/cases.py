"""Handoffs and conversations as the console gets them in JSON."""

from __future__ import annotations

from typing import Any

from bot.clock import utc_now
from bot.conversations.models import agent_of
from bot.desk import Desk
from bot.handoff.queries import Case, HandoffView, LiveConversation, NoteView
from bot.knowledge import topics
from bot.knowledge.base import KnowledgeBase
from bot.privacy.masking import masked
from bot.staff.models import Role
from bot.staff.sessions import SignedIn
from bot.web.messages import message_json


def handoff_json(view: HandoffView, desk: Desk, language: str) -> dict[str, Any]:
    """One line of the queue; the promised time is said in the agent's language."""
    return {
        "id": view.id,
        "conversation_id": view.conversation_id,
        "reason": view.reason,
        "priority": view.priority,
        "language": view.language,
        "state": view.state,
        "agent_name": view.agent_name,
        "requested_at": view.requested_at.isoformat(),
        "promised_by": view.promised_by.isoformat() if view.promised_by else None,
        "promise_said": desk.said(view.promised_by, language) if view.promised_by else None,
        "promise_state": view.promise_state,
        "replied": view.first_reply_at is not None,
        "question": view.question,
        "need": view.need,
        "waiting_seconds": int((utc_now() - view.requested_at).total_seconds()),
    }


def live_json(view: LiveConversation, desk: Desk) -> dict[str, Any]:
    """A conversation that may be taken over."""
    return {
        "id": view.id,
        "language": view.language,
        "active_at": view.active_at.isoformat(),
        "last_line": desk.copied(view.last_line, view.language),
    }


def case_json(
    case: Case, who: SignedIn, knowledge: KnowledgeBase, desk: Desk, language: str
) -> dict[str, Any]:
    """Everything about one conversation. Who owns it is said without ids of colleagues."""
    held = case.conversation
    agent_id = agent_of(held.owner)
    return {
        "conversation": {
            "id": held.id,
            "owner": "agent" if agent_id else held.owner,
            "mine": agent_id == who.account_id,
            "may_release": agent_id is not None and who.may(Role.SUPERVISOR),
            "epoch": held.epoch,
            "agent_name": case.handoff.agent_name if case.handoff else None,
            "language": held.language,
            "active_at": held.active_at.isoformat(),
            "last_seq": held.last_seq,
            "seen_seq": held.patient_seen_seq,
        },
        "messages": [message_json(line, knowledge) for line in case.messages],
        "packet": _packet_json(case.packet, knowledge, language),
        "handoff": handoff_json(case.handoff, desk, language) if case.handoff else None,
        "notes": [_note_json(note) for note in case.notes],
    }


def _packet_json(
    packet: dict[str, Any] | None, knowledge: KnowledgeBase, language: str
) -> dict[str, Any] | None:
    if packet is None:
        return None
    answers = []
    for answer in packet["answers"]:
        version = knowledge.version(answer["version_id"])
        answers.append({**answer, "title": version.title if version else answer["slug"]})
    asked = [masked(line, packet["language"]) for line in packet["asked"]]
    names = [_topic_name(one, language) for one in packet["topics"]]
    return {**packet, "asked": asked, "answers": answers, "topic_names": names}


def _topic_name(topic_id: str, language: str) -> str:
    topic = topics.standard().get(topic_id)
    return topic.title(language) if topic else topic_id


def _note_json(note: NoteView) -> dict[str, Any]:
    return {
        "id": note.id,
        "agent_name": note.agent_name,
        "text": note.text,
        "created_at": note.created_at.isoformat(),
    }
