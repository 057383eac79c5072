"""What changed between two profiles, field by field, and by whom."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.knowledge.models import Document, Kind
from bot.knowledge.profile_form import BASICS

MOST = 100
# What tells one entry of a list from the others, whatever its place.
NAMES = (("id",), ("payer", "line"), ("date", "locations"), ("name", "year"), ("name",))


@dataclass(frozen=True, slots=True)
class Change:
    """One field: `path` begins with its part. None: it was not, or is no longer, stated."""

    path: tuple[str, ...]
    before: Any
    after: Any

    @property
    def part(self) -> str:
        """The part it belongs to."""
        return self.path[0]

    def as_dict(self) -> dict[str, Any]:
        """As JSON; dates become text."""
        return {"path": list(self.path), "before": plain(self.before), "after": plain(self.after)}


@dataclass(frozen=True, slots=True)
class Step:
    """One version of the profile, and what it changed of the one before."""

    document_id: int
    at: str
    by: str
    origin: str
    note: str
    changes: tuple[Change, ...]


def plain(value: Any) -> Any:
    """A value of TOML as JSON has it."""
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    if value is None or isinstance(value, str | bool | int | float):
        return value
    return value.isoformat()


@lru_cache(maxsize=MOST + 2)
def parsed(body: str) -> Mapping[str, Any]:
    """A profile's TOML as data, with its first facts under one name. Not to be changed."""
    data = tomllib.loads(body)
    first = {name: one for name, one in data.items() if not isinstance(one, dict | list)}
    return {BASICS: first, **{name: one for name, one in data.items() if name not in first}}


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Change, ...]:
    """Every field that differs, in the order of the newer profile."""
    return tuple(_differences((), before, after))


def part_of(body: str, part: str) -> Any:
    """What a profile says of one part; None when it says nothing."""
    return parsed(body).get(part)


async def clinic_documents(session: AsyncSession, limit: int = MOST) -> list[Document]:
    """The profiles there were, newest first."""
    rows = await session.scalars(
        select(Document)
        .where(Document.kind == Kind.CLINIC.value)
        .order_by(Document.id.desc())
        .limit(limit)
    )
    return list(rows)


def steps(documents: list[Document]) -> list[Step]:
    """What each profile changed, newest first. The oldest changed nothing that is known."""
    found = []
    for at, document in enumerate(documents):
        earlier = documents[at + 1] if at + 1 < len(documents) else None
        made = changes(parsed(earlier.body), parsed(document.body)) if earlier else ()
        found.append(
            Step(
                document.id,
                document.created_at.isoformat(),
                document.created_by,
                document.origin,
                document.note,
                made,
            )
        )
    return found


def _differences(path: tuple[str, ...], before: Any, after: Any) -> Iterator[Change]:
    if before == after:
        return
    if _is_table(before) and _is_table(after):
        for name in [*after, *(one for one in before if one not in after)]:
            yield from _differences((*path, name), before.get(name), after.get(name))
        return
    if _is_rows(before) and _is_rows(after):
        yield from _differences(path, _by_name(before or []), _by_name(after or []))
        return
    yield Change(path, before, after)


def _is_table(value: Any) -> bool:
    return isinstance(value, dict) and not (value and set(value) <= {"en", "es"})


def _is_rows(value: Any) -> bool:
    if value is None or value == []:
        return True
    return isinstance(value, list) and all(isinstance(one, dict) for one in value)


def _by_name(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Entries under what they are called; a name that comes again is numbered."""
    named: dict[str, Any] = {}
    for row in rows:
        name = base = _name(row)
        again = 2
        while name in named:
            name, again = f"{base} ({again})", again + 1
        named[name] = row
    return named


def _name(row: dict[str, Any]) -> str:
    for fields in NAMES:
        if fields[0] in row:
            said = (_word(row.get(field)) for field in fields)
            return " · ".join(one for one in said if one)
    return "?"


def _word(value: Any) -> str:
    if isinstance(value, dict):
        return str(value.get("en", ""))
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return "" if value is None else str(value)
