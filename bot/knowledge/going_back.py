"""Whether an older text may be live again at once, or what stands in the way.

One click takes an edit back: what was live before is live again, without a gate. But a text whose
time is over would only take the answer off the air, and where a second person is asked for, nobody
alone brings back what lies further behind, or what patients were told was wrong.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import Conflict, Invalid, NotFound
from bot.knowledge import steps
from bot.knowledge.editors import Editor
from bot.knowledge.models import State, Version
from bot.knowledge.queries import words_of
from bot.knowledge.saving import message
from bot.knowledge.steps import NeedsSecond

# Whether readers of one of these versions were sent a correction.
Corrected = Callable[[AsyncSession, Collection[int]], Awaitable[bool]]


class TimeIsOver(Invalid):
    """The text has expired: nobody would be answered with it."""

    code = "expired_text"


class WasWrong(NeedsSecond):
    """Patients were told that the text was wrong."""

    code = "corrected_text"


@dataclass(frozen=True, slots=True)
class Way:
    """What is known of this day: its date at the clinic, and what was corrected."""

    today: date
    corrected: Corrected


async def older(session: AsyncSession, version_id: int) -> Version:
    """A version that was live once. Raises `NotFound`, and `Conflict` for what is live."""
    old = await session.get(Version, version_id)
    if old is None or old.published_at is None:
        raise NotFound(f"there is no published version {version_id}")
    if old.state == State.PUBLISHED.value:
        raise Conflict("this version is live already", winner=old.published_by)
    return old


async def check(session: AsyncSession, editor: Editor, old: Version, way: Way) -> None:
    """Raise `TimeIsOver`, `WasWrong` or `NeedsSecond` for what is not live again at once."""
    if words_of(old).ended(way.today):
        raise TimeIsOver(
            f"this text expired on {old.expires_on}",
            field="expires_on",
            remedy="Put its words into the draft, with a new date.",
        )
    if editor.alone:
        return
    published = await _published(session, old)
    same = [one.id for one in published if message(one) == message(old)]
    remedy = "Put its words into the draft, and submit it for review."
    if await way.corrected(session, same):
        raise WasWrong("patients were told that this text was wrong", remedy=remedy)
    before = next((one for one in published if one.state != State.PUBLISHED.value), None)
    if before is not None and before.id == old.id:
        return
    if editor.reviewer and not await _wrote(session, editor, same):
        return
    raise NeedsSecond("a second person has to approve this text first", remedy=remedy)


async def _published(session: AsyncSession, old: Version) -> list[Version]:
    """All that was ever live of the text, the last one first."""
    found = await session.scalars(
        select(Version)
        .where(
            Version.article_id == old.article_id,
            Version.language == old.language,
            Version.published_at.is_not(None),
        )
        .order_by(Version.published_at.desc(), Version.id.desc())
    )
    return list(found)


async def _wrote(session: AsyncSession, editor: Editor, versions: Collection[int]) -> bool:
    """Whether these words are the editor's own."""
    return any([editor.id in await steps.authors(session, one) for one in versions])
