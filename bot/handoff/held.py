"""What a case already holds: said by the patient, or kept in the packet.

Values are for the agent who has the case and reads the whole conversation anyway; none of them
goes to a log, an event or the history.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations.queries import patient_lines
from bot.handoff.cases import packet_context
from bot.handoff.models import Handoff
from bot.privacy.encryption import KeyRing
from bot.privacy.redaction import by_pattern
from bot.privacy.spans import Kind, settled

READ_LINES = 40


class Item(StrEnum):
    """What an agent may ask for, and a case may hold."""

    NAME = "name"
    BIRTH_DATE = "birth_date"
    PHONE = "phone"
    EMAIL = "email"
    ADDRESS = "address"
    MEMBER_ID = "member_id"
    PAYER = "payer"
    PLAN_TYPE = "plan_type"
    VISIT_TYPE = "visit_type"
    SITE = "site"
    DATE = "date"
    TIME = "time"
    LANGUAGE = "language"
    QUESTION = "question"


# What a line names, as kind and value: the clinic's own names are known elsewhere.
Named = Callable[[str], Iterable[tuple[str, str]]]

_SAID = {
    Kind.NAME: Item.NAME,
    Kind.DOB: Item.BIRTH_DATE,
    Kind.PHONE: Item.PHONE,
    Kind.EMAIL: Item.EMAIL,
    Kind.ADDRESS: Item.ADDRESS,
    Kind.MEMBER_ID: Item.MEMBER_ID,
}
# A plan is hardly ever named but by whoever has it; a day or a site may be asked about only.
_NAMED = {"payer": Item.PAYER, "plan_type": Item.PLAN_TYPE}

# A first and a last name after words that introduce oneself; the redactor is content with less.
_INTRODUCED = re.compile(
    r"(?:^|[.,;!?]\s*)(?i:hi,? |hello,? |hola,? |buen[oa]s (?:d[ií]as|tardes),? )?"
    r"(?i:this is|it's|i am|i'm|soy|habla|le habla|le escribe) "
    r"([A-ZÁÉÍÓÚÑ][\w'’-]+(?: (?:de|del|la|los|[A-ZÁÉÍÓÚÑ][\w'’-]+)){1,3})"
)


def held(
    packet: Mapping[str, Any], lines: Sequence[str], language: str, named: Named
) -> dict[Item, str]:
    """The latest value of everything that is known. `lines` are the patient's own."""
    found: dict[Item, str] = {}
    for line in lines:
        found |= _said(line, language)
        found |= {_NAMED[kind]: value for kind, value in named(line) if kind in _NAMED}
    details = packet.get("details", {})
    found |= {item: str(details[item]) for item in Item if details.get(item)}
    if packet.get("question"):
        found[Item.QUESTION] = packet["question"]
    return found


def _said(line: str, language: str) -> dict[Item, str]:
    spans = settled(line, by_pattern(line, language))
    found = {_SAID[span.kind]: line[span.start : span.end] for span in spans if span.kind in _SAID}
    if introduced := _INTRODUCED.search(line):
        found.setdefault(Item.NAME, introduced[1])
    return found


async def read(
    session: AsyncSession, keys: KeyRing, conversation_id: str
) -> tuple[dict[str, Any], list[str]]:
    """The packet of the latest handoff, empty without one, and the patient's last lines."""
    row = await session.scalar(
        select(Handoff)
        .where(Handoff.conversation_id == conversation_id)
        .order_by(Handoff.id.desc())
        .limit(1)
    )
    packet = keys.open(row.packet, packet_context(conversation_id)) if row else {}
    return packet, await patient_lines(session, keys, conversation_id, READ_LINES)
