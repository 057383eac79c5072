"""Which days a question means, and whether it is about this very moment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from bot.language.entities import Entity
from bot.language.tokens import phrase

_NOW = (("now",), ("right", "now"), ("ahora",), ("ahorita",), ("en", "este", "momento"))
# A week is told by the list of hours, not day by day.
LONGEST = timedelta(days=3)


def asks_now(question: str, found: Sequence[Entity]) -> bool:
    """Whether the question is about this moment and names no day."""
    words = f" {' '.join(phrase(question))} "
    now = any(f" {' '.join(said)} " in words for said in _NOW)
    return now and all(one.kind != "date" or one.text.lower() == "ahorita" for one in found)


def days_asked(found: Sequence[Entity], today: date) -> tuple[date, ...]:
    """The days that the entities of a question mean, soonest first, from `today` on."""
    days = set()
    for begins, ends in (one.days for one in found if one.days):
        if ends - begins < LONGEST:
            days |= {begins + timedelta(days=at) for at in range((ends - begins).days + 1)}
    return tuple(sorted(day for day in days if day >= today))
