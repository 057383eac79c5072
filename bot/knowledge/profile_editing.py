"""What editors do with the clinic profile: say a part anew, or go back to what it said.

A part is saved for itself. Two editors at two parts do not meet; at the same part the second is
refused, with who was first and what they changed. Nothing that would not be a valid profile is
ever stored.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import utc_now
from bot.db import UnitOfWork
from bot.errors import Conflict, Invalid, NotFound
from bot.knowledge import profile_form, queries
from bot.knowledge.editors import Editor
from bot.knowledge.models import Document, Kind, Origin
from bot.knowledge.profile import ClinicProfile
from bot.knowledge.profile_changes import Change, changes, clinic_documents, part_of, plain
from bot.knowledge.profile_form import BASICS
from bot.knowledge.profile_toml import replace_part
from bot.knowledge.service import hold, revise
from bot.privacy import audit

LONGEST_NOTE = 400


@dataclass(frozen=True, slots=True)
class Problem:
    """A field that cannot be so; `path` begins with its part."""

    path: tuple[str | int, ...]
    kind: str
    message: str

    def as_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {"path": list(self.path), "kind": self.kind, "message": self.message}


class BadProfile(Invalid):
    """The profile would not hold; every field that is wrong is named."""

    def __init__(self, problems: list[Problem]):
        first = problems[0]
        super().__init__(
            first.message,
            field=".".join(str(one) for one in first.path),
            remedy="Correct the fields that are marked, then save again.",
        )
        self.problems = problems

    def as_dict(self) -> dict[str, Any]:
        """The common shape, with every problem."""
        return {**super().as_dict(), "problems": [one.as_dict() for one in self.problems]}


class PartChanged(Conflict):
    """Somebody saved the same part meanwhile: what they changed, and what it says now."""

    def __init__(self, winner: str, made: tuple[Change, ...], live: Document, value: Any):
        super().__init__(
            "somebody saved this part meanwhile",
            winner=winner,
            remedy="Your changes are still in the form. Compare them, then save again.",
        )
        self.made = made
        self.live_id = live.id
        self.value = value

    def as_dict(self) -> dict[str, Any]:
        """The common shape, with the other's changes."""
        return {
            **super().as_dict(),
            "changes": [one.as_dict() for one in self.made],
            "live_id": self.live_id,
            "value": plain(self.value),
        }


def with_part(body: str, part: str, sent: Any) -> tuple[str, ClinicProfile]:
    """The profile with one part said as a form sent it. Raises `BadProfile` or `NotFound`."""
    known = profile_form.form(part)
    if known is None:
        raise NotFound(f"the profile has no part {part!r}")
    value = _typed(known, sent)
    made = replace_part(body, "" if part == BASICS else part, value, part_of(body, part))
    return made, _valid(made, part)


def _typed(known: Mapping[str, Any], sent: Any) -> Any:
    if sent is None:
        return None
    if known["list"] != isinstance(sent, list):
        raise Invalid("this part has another shape", field=known["name"])
    if known["list"]:
        return [profile_form.typed(known["fields"], row) for row in sent] or None
    return profile_form.typed(known["fields"], sent)


def _valid(body: str, part: str) -> ClinicProfile:
    try:
        return ClinicProfile.model_validate(tomllib.loads(body))
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)
        raise BadProfile([_problem(one, part) for one in found]) from None


def _problem(error: Mapping[str, Any], part: str) -> Problem:
    path = tuple(error["loc"])
    if path and isinstance(path[0], str) and profile_form.form(path[0]) is None:
        path = (BASICS, *path)
    message = str(error["msg"]).removeprefix("Value error, ")
    return Problem(path or (part,), str(error["type"]), message)


async def save_part(
    work: UnitOfWork, editor: Editor, part: str, sent: Any, base_id: int, note: str = ""
) -> Document:
    """Keep one part as the form sent it; None takes an optional part out.

    Raises `BadProfile` with every field, `PartChanged` when somebody was first.
    """
    await hold(work)
    live = await _live(work.session)
    await _unchanged(work, live, part, base_id)
    body, _ = with_part(live.body, part, sent)
    return await _store(work, editor, live, body, note, "profile.saved", part)


async def restore(
    work: UnitOfWork, editor: Editor, document_id: int, part: str | None, base_id: int, note: str
) -> Document:
    """Say again what an older profile said: all of it, or one part.

    Undone in the same way, with the profile that was in force before.
    """
    await hold(work)
    live = await _live(work.session)
    if part is not None:
        await _unchanged(work, live, part, base_id)
    elif live.id != base_id:
        raise Conflict("somebody saved the profile meanwhile", winner=live.created_by)
    body, _ = await _as_it_was(work.session, live, document_id, part)
    return await _store(work, editor, live, body, note, "profile.restored", part or "all")


async def profile_as_it_was(
    session: AsyncSession, document_id: int, part: str | None
) -> ClinicProfile:
    """The profile that `restore` would put in force. Raises `BadProfile` or `NotFound`."""
    live = await _live(session)
    return (await _as_it_was(session, live, document_id, part))[1]


async def _as_it_was(
    session: AsyncSession, live: Document, document_id: int, part: str | None
) -> tuple[str, ClinicProfile]:
    old = await session.get(Document, document_id)
    if old is None or old.kind != Kind.CLINIC.value:
        raise NotFound(f"there is no profile {document_id}")
    if part is None:
        return old.body, _valid(old.body, BASICS)
    value, before = part_of(old.body, part), part_of(live.body, part)
    body = replace_part(live.body, "" if part == BASICS else part, value, before)
    return body, _valid(body, part)


async def _store(
    work: UnitOfWork,
    editor: Editor,
    live: Document,
    body: str,
    note: str,
    action: str,
    part: str,
) -> Document:
    if body == live.body:
        return live
    made = Document(
        kind=Kind.CLINIC.value,
        body=body,
        content_hash=hashlib.sha256(body.encode()).hexdigest(),
        origin=Origin.EDITOR.value,
        created_at=utc_now(),
        created_by=editor.name,
        note=note.strip()[:LONGEST_NOTE],
    )
    work.session.add(made)
    await work.session.flush()
    await audit.record(work, editor.id, action, "clinic_profile", part=part, document=made.id)
    await revise(work)
    return made


async def _live(session: AsyncSession) -> Document:
    live = await queries.document(session, Kind.CLINIC)
    if live is None:
        raise NotFound("there is no clinic profile yet", remedy="Run: careline kb import")
    return live


async def _unchanged(work: UnitOfWork, live: Document, part: str, base_id: int) -> None:
    """Refuse a writer who has not seen what the part says now."""
    if base_id == live.id:
        return
    base = await work.session.get(Document, base_id)
    seen = part_of(base.body, part) if base else None
    now = part_of(live.body, part)
    if base is not None and seen == now:
        return
    made = changes({part: seen}, {part: now})
    raise PartChanged(await _who_changed(work, live, part, base_id), made, live, now)


async def _who_changed(work: UnitOfWork, live: Document, part: str, base_id: int) -> str:
    """Who said the part as it is now."""
    now = part_of(live.body, part)
    who = live.created_by
    for document in await clinic_documents(work.session):
        if document.id <= base_id or part_of(document.body, part) != now:
            break
        who = document.created_by
    return who
