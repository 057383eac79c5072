"""A text beside its translation: what changed since, and which words are agreed.

A translation names the source version it was made from. What the source says differently now is
shown word by word; only a person can say that the translation says it too.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.knowledge.files import SOURCE_LANGUAGE
from bot.knowledge.finding import article_of
from bot.knowledge.models import State, Version
from bot.knowledge.queries import is_stale

Json = dict[str, Any]
MESSAGE = ("title", "lead", "more")

_WORD = re.compile(r"\s+|\w+|[^\w\s]")


async def beside(session: AsyncSession, slug: str, language: str) -> Json:
    """What a translator needs to see: the source text as it is, and what it says differently from
    the text that the translation (its draft, else what is live) was made from.

    `source` is None where there is nothing to translate; a source that was never published is
    shown as it is drafted.
    """
    article = await article_of(session, slug)
    versions = await session.scalars(
        select(Version).where(
            Version.article_id == article.id,
            Version.state.in_([State.PUBLISHED.value, State.DRAFT.value]),
        )
    )
    known = {(one.language, one.state): one for one in versions}
    live = known.get((SOURCE_LANGUAGE, State.PUBLISHED.value))
    source = live or known.get((SOURCE_LANGUAGE, State.DRAFT.value))
    own = known.get((language, State.DRAFT.value)) or known.get((language, State.PUBLISHED.value))
    if source is None or language == SOURCE_LANGUAGE:
        return {"source": None, "based_on": None, "stale": False, "changes": {}}
    origin = await session.get(Version, own.based_on) if own and own.based_on else None
    stale = own is not None and is_stale(own, live, origin)
    return {
        "source": {
            "id": source.id,
            "language": source.language,
            "state": source.state,
            "published_at": source.published_at.isoformat() if source.published_at else None,
            "published_by": source.published_by if source.origin == "editor" else None,
            **{name: getattr(source, name) for name in MESSAGE},
        },
        "based_on": origin.id if origin else None,
        "stale": stale,
        "changes": changes(origin, source) if stale and origin else {},
    }


def changes(before: Version, after: Version) -> dict[str, list[Json]]:
    """Per field that says something else: its words, those that came and those that went."""
    found = {}
    for name in MESSAGE:
        old, new = getattr(before, name) or "", getattr(after, name) or ""
        if old != new:
            found[name] = compare(old, new)
    return found


def compare(old: str, new: str) -> list[Json]:
    """Two texts word by word: runs of kind `same`, `removed` and `added`."""
    before, after = _WORD.findall(old), _WORD.findall(new)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    runs: list[Json] = []
    for kind, i1, i2, j1, j2 in matcher.get_opcodes():
        if kind == "equal":
            runs.append({"kind": "same", "text": "".join(after[j1:j2])})
            continue
        if i2 > i1:
            runs.append({"kind": "removed", "text": "".join(before[i1:i2])})
        if j2 > j1:
            runs.append({"kind": "added", "text": "".join(after[j1:j2])})
    return runs
