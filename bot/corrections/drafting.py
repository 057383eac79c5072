"""A correction from its first words to its release: drafted by one person, released by another.

Each step is one conditional update that names what its maker had before their eyes, so that two
people at it at once both learn what happened.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.corrections.models import (
    DISCARDED,
    DRAFT,
    DUE,
    RELEASED,
    STOPPED,
    Correction,
    CorrectionRecipient,
)
from bot.corrections.recipients import Candidate
from bot.corrections.seen import Which
from bot.db import UnitOfWork
from bot.errors import Conflict, Forbidden, NotFound
from bot.knowledge.base import KnowledgeBase
from bot.knowledge.checks import Finding, Reference, text_findings
from bot.knowledge.content import Words
from bot.knowledge.editors import Editor
from bot.knowledge.refusals import Unpublishable
from bot.privacy import audit
from bot.staff.models import Account

AT_ONCE = 500


class NeedsSecondPerson(Forbidden):
    """Whoever wrote a correction does not release it."""

    code = "needs_second_person"

    def __init__(self) -> None:
        super().__init__(
            "another person releases a correction",
            remedy="Ask a reviewer who did not write this text.",
        )


class NobodyToReach(Conflict):
    """No patient who read the version can be told."""

    code = "nobody_to_reach"

    def __init__(self) -> None:
        super().__init__("nobody can be reached any more", remedy="There is nothing to send.")


class AnswerNotServed(Conflict):
    """The corrected answer was to follow, and patients do not get it now."""

    code = "answer_not_served"

    def __init__(self) -> None:
        super().__init__(
            "the corrected answer is not served now",
            remedy="Publish it first, or send the text without it.",
        )


@dataclass(frozen=True, slots=True)
class Text:
    """What a correction says. `with_answer`: the article as it is now follows it."""

    words: str = field(repr=False)
    with_answer: bool

    @property
    def hash(self) -> str:
        """Pins the text to what somebody read."""
        return hashlib.sha256(f"{self.with_answer}\n{self.words}".encode()).hexdigest()[:16]


def findings(knowledge: KnowledgeBase, language: str, words: str) -> list[Finding]:
    """What patients must not meet in a correction; the same rules as for an article's answer."""
    content = knowledge.content
    reference = Reference(content.profile, content.figures, knowledge.today(content))
    found = text_findings(
        "correction",
        language,
        Words("Correction", words, None, (), (), (), None, None),
        reference,
    )
    # A correction may need more words than an answer's lead, and has no “More” to move them to.
    kept = [one for one in found if one.field == "lead" and one.rule != "lead_length"]
    if "{{" in words:
        kept.append(Finding("placeholder", "correction", "lead", "correction_places"))
    return [replace(one, field="text") for one in kept]


async def draft(
    work: UnitOfWork, editor: Editor, version: Which, text: Text, now: datetime
) -> Correction:
    """Begin a correction of this version. It has one draft; `Conflict` names whose it is."""
    correction = Correction(
        version_id=version.id,
        slug=version.slug,
        language=version.language,
        title=version.title,
        text=text.words,
        text_hash=text.hash,
        with_answer=text.with_answer,
        state=DRAFT,
        author_id=editor.id,
        created_at=now,
        changed_at=now,
    )
    if (other := await _draft_of(work, version.id)) is not None:
        raise await _begun(work, other)
    work.session.add(correction)
    try:
        await work.session.flush()
    except IntegrityError:
        raise Conflict("another editor began one at the same moment", remedy="Reload.") from None
    await _record(work, editor, "correction.drafted", correction)
    return correction


async def change(
    work: UnitOfWork, editor: Editor, correction_id: int, text: Text, seen: str, now: datetime
) -> Correction:
    """Another text in place of the one whose hash is `seen`; `Conflict` when that is gone."""
    values = {
        "text": text.words,
        "text_hash": text.hash,
        "with_answer": text.with_answer,
        "author_id": editor.id,
        "changed_at": now,
    }
    changed = await _step(work, correction_id, DRAFT, values, Correction.text_hash == seen)
    await _record(work, editor, "correction.changed", changed)
    return changed


async def discard(work: UnitOfWork, editor: Editor, correction_id: int) -> Correction:
    """Put a draft away. `bring_back` takes it out again."""
    changed = await _step(work, correction_id, DRAFT, {"state": DISCARDED})
    await _record(work, editor, "correction.discarded", changed)
    return changed


async def bring_back(work: UnitOfWork, editor: Editor, correction_id: int) -> Correction:
    """A discarded draft is a draft again, unless there is another by now."""
    held = await by_id(work, correction_id)
    if (other := await _draft_of(work, held.version_id)) is not None:
        raise await _begun(work, other)
    changed = await _step(work, correction_id, DISCARDED, {"state": DRAFT})
    await _record(work, editor, "correction.brought_back", changed)
    return changed


async def release(
    work: UnitOfWork,
    editor: Editor,
    correction_id: int,
    seen: str,
    *,
    to: Sequence[Candidate],
    second_person: bool,
    problems: Sequence[Finding],
    now: datetime,
) -> Correction:
    """Let it go out to these. `seen` is the hash of the text the person read.

    With `second_person` only a reviewer may who did not write it. Raises `Forbidden`, `Conflict`,
    or `Unpublishable` with the `problems` that block.
    """
    held = await by_id(work, correction_id)
    if second_person and (held.author_id == editor.id or not editor.reviewer):
        raise NeedsSecondPerson
    if blocking := [one for one in problems if one.blocks]:
        raise Unpublishable(blocking)
    reached = [one for one in to if one.reached]
    if not reached:
        raise NobodyToReach
    values = {"state": RELEASED, "released_by": editor.id, "released_at": now}
    changed = await _step(work, correction_id, DRAFT, values, Correction.text_hash == seen)
    for begins in range(0, len(reached), AT_ONCE):
        await work.session.execute(
            insert(CorrectionRecipient),
            [
                {
                    "correction_id": correction_id,
                    "conversation_id": one.conversation_id,
                    "contact_id": one.contact_id,
                    "address_hash": one.address_hash,
                    "state": DUE,
                    "attempts": 0,
                }
                for one in reached[begins : begins + AT_ONCE]
            ],
        )
    await _record(work, editor, "correction.released", changed, recipients=len(reached))
    return changed


async def stop(work: UnitOfWork, editor: Editor, correction_id: int, now: datetime) -> Correction:
    """Send it to nobody else for now."""
    values = {"state": STOPPED, "stopped_by": editor.id, "ended_at": now}
    changed = await _step(work, correction_id, RELEASED, values)
    await _record(work, editor, "correction.stopped", changed)
    return changed


async def resume(work: UnitOfWork, editor: Editor, correction_id: int) -> Correction:
    """Go on with a correction that was stopped."""
    values = {"state": RELEASED, "stopped_by": None, "ended_at": None}
    changed = await _step(work, correction_id, STOPPED, values)
    await _record(work, editor, "correction.resumed", changed)
    return changed


async def version_of(session: AsyncSession, correction_id: int) -> int:
    """The version that a correction is about. Raises `NotFound`."""
    found = await session.scalar(
        select(Correction.version_id).where(Correction.id == correction_id)
    )
    if found is None:
        raise NotFound(f"there is no correction {correction_id}")
    return found


async def by_id(work: UnitOfWork, correction_id: int) -> Correction:
    """The correction. Raises `NotFound`."""
    found = await work.session.get(Correction, correction_id, populate_existing=True)
    if found is None:
        raise NotFound(f"there is no correction {correction_id}")
    return found


async def _draft_of(work: UnitOfWork, version_id: int) -> Correction | None:
    found: Correction | None = await work.session.scalar(
        select(Correction).where(Correction.version_id == version_id, Correction.state == DRAFT)
    )
    return found


async def _begun(work: UnitOfWork, other: Correction) -> Conflict:
    winner = await work.session.scalar(
        select(Account.display_name).where(Account.id == other.author_id)
    )
    return Conflict("there is a draft already", winner=winner, remedy="Go on with that one.")


async def _step(
    work: UnitOfWork,
    correction_id: int,
    state: str,
    values: dict[str, Any],
    *conditions: ColumnElement[bool],
) -> Correction:
    won = await work.session.scalar(
        update(Correction)
        .where(Correction.id == correction_id, Correction.state == state, *conditions)
        .values(**values)
        .returning(Correction.id)
        .execution_options(synchronize_session=False)
    )
    held = await by_id(work, correction_id)
    if won is not None:
        return held
    acted = {RELEASED: held.released_by, STOPPED: held.stopped_by}.get(held.state, held.author_id)
    winner = await work.session.scalar(select(Account.display_name).where(Account.id == acted))
    raise Conflict(
        f"the correction is {held.state} now" if held.state != state else "the text was changed",
        winner=winner,
        remedy="Look at it again as it is now.",
    )


async def _record(
    work: UnitOfWork, editor: Editor, action: str, correction: Correction, **detail: int
) -> None:
    await audit.record(
        work,
        editor.id,
        action,
        f"article:{correction.slug}",
        correction=correction.id,
        version=correction.version_id,
        text=correction.text_hash,
        **detail,
    )
