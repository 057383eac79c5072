"""The packet: everything a case is handed over with, so that no patient has to say it again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.conversations.views import MessageView
from bot.handoff.cases import packet_context
from bot.handoff.models import Handoff
from bot.privacy.encryption import KeyRing

PACKET_LINES = 20


def sealed(row: Handoff, keys: KeyRing) -> dict[str, Any]:
    """What the request put into the packet, opened."""
    packet: dict[str, Any] = keys.open(row.packet, packet_context(row.conversation_id))
    return packet


def packet(row: Handoff, keys: KeyRing, lines: Sequence[MessageView]) -> dict[str, Any]:
    """The packet as it stands: what was asked and answered is read from the lines, the row knows
    the priority as it is now."""
    asked = [line.text for line in lines if line.author == "patient"]
    return {
        "contact_preference": None,
        **sealed(row, keys),
        "language": row.language,
        "reason": row.reason,
        "priority": row.priority,
        "need": row.need,
        "asked": asked[-PACKET_LINES:],
        "answers": list(_answers(lines).values()),
        "requested_at": row.requested_at.isoformat(),
        "promised_by": row.promised_by.isoformat() if row.promised_by else None,
    }


def _answers(lines: Sequence[MessageView]) -> dict[int, dict[str, Any]]:
    """Each version that was given, with what the patient wrote right after it."""
    given: dict[int, dict[str, Any]] = {}
    latest: dict[str, Any] | None = None
    for line in lines:
        if line.version_id is not None:
            empty: dict[str, Any] = {
                "version_id": line.version_id,
                "slug": line.article_slug,
                "language": line.language,
                "at": line.sent_at.isoformat(),
                "then": [],
            }
            latest = given.setdefault(line.version_id, empty)
        elif line.author == "patient":
            if latest:
                latest["then"].append(line.text)
            latest = None
        elif line.author in ("agent", "bot"):
            latest = None
    return given
