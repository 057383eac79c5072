"""A stored line as JSON, the same for patients and staff. No HTML is made anywhere."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from bot.conversations.views import MessageView
from bot.desk import Desk
from bot.handoff.state import PatientState
from bot.knowledge.base import KnowledgeBase
from bot.knowledge.markdown import Block, blocks
from bot.knowledge.notices import LiveNotice
from bot.privacy.masking import masked
from bot.texts import LANGUAGES


def message_json(message: MessageView, knowledge: KnowledgeBase) -> dict[str, Any]:
    """One line. Patients' own words stay plain text, without what nobody may read on a screen;
    everything else comes as blocks."""
    plain = message.author == "patient"
    text = masked(message.text, message.language) if plain else message.text
    return {
        "seq": message.seq,
        "client_id": message.client_id,
        "author": message.author,
        "agent_name": message.agent_name,
        "kind": message.kind,
        "language": message.language,
        "text": text,
        "blocks": None if plain else _blocks(text, message.author == "agent"),
        "more": _blocks(message.more) if message.more else None,
        "options": [{"slug": one["slug"], "title": one["title"]} for one in message.options],
        "choice": message.choice,
        "source": _source(message, knowledge),
        "sent_at": message.sent_at.isoformat(),
    }


def notice_json(notice: LiveNotice) -> dict[str, Any]:
    """A notice for a chat that has not begun, in every language it may begin in."""
    said = {language: _blocks(notice.text(language)) for language in LANGUAGES}
    return {"ref": notice.ref, "blocks": said}


@lru_cache(maxsize=512)
def _blocks(text: str, breaks: bool = False) -> list[Block]:
    """Approved texts are few and said often. Never changed by whoever gets them."""
    return blocks(text, breaks=breaks)


def _source(message: MessageView, knowledge: KnowledgeBase) -> dict[str, Any] | None:
    if message.version_id is None:
        return None
    version = knowledge.version(message.version_id)
    if version is None:
        return None
    return {
        "slug": message.article_slug,
        "title": version.title,
        "version_id": message.version_id,
        "language": version.language,
        "sources": [{"title": one.title, "url": one.url} for one in version.sources],
        "verified_on": version.verified_on.isoformat() if version.verified_on else None,
        "reviewed": version.reviewed,
        "adapted": message.adapted,
    }


def state_json(state: PatientState, desk: Desk) -> dict[str, Any]:
    """Who has the conversation, and what was promised, in the patient's language."""
    return {
        "owner": state.owner,
        "agent_name": state.agent_name,
        "promise": _promise_json(state, desk),
        "position": state.outlook.position if state.outlook else None,
        "language": state.language,
        "urgent": state.urgent,
    }


def _promise_json(state: PatientState, desk: Desk) -> dict[str, Any] | None:
    """The time that was told last, and when a reply is likely: a range that ends by that time."""
    if state.promised_by is None:
        return None
    low = high = None
    if state.outlook and state.outlook.high:
        low, high = state.outlook.low, min(state.outlook.high, state.promised_by)
    if low is not None and high is not None and low >= high:
        low = high = None
    return {
        "by": state.promised_by.isoformat(),
        "said": desk.said(state.promised_by, state.language),
        "open_now": desk.is_open(),
        "moved": state.moved,
        "low": desk.said(low, state.language) if low else None,
        "high": desk.said(high, state.language) if high else None,
    }
