"""The test bench: a question against what is live, or against any other text of an article."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import UnitOfWork
from bot.errors import Invalid, NotFound
from bot.knowledge.base import KnowledgeBase
from bot.knowledge.content import Content
from bot.knowledge.decide import Desk
from bot.knowledge.drafting import to_add_to
from bot.knowledge.editors import Editor
from bot.knowledge.models import Article, Version
from bot.knowledge.proposal import Proposal
from bot.knowledge.publishing import proposal
from bot.knowledge.queries import live_and_draft, words_of
from bot.knowledge.saving import DraftSource, DraftText, discard_draft, save_draft
from bot.knowledge.service import hold

KEPT = 2  # indexes that were tried last: two are compared; each takes much memory
# Stands in for the reviewer of a text that nobody has reviewed: it would be served once one did.
SOMEBODY = "–"


async def tried(session: AsyncSession, version_id: int) -> Proposal:
    """Any version, in whatever state, as if it were to go live. Raises `NotFound`."""
    version = await session.get(Version, version_id)
    if version is None:
        raise NotFound(f"there is no version {version_id}", field="version")
    article = await session.get_one(Article, version.article_id)
    wanted = await proposal(session, article, version)
    words = replace(wanted.words, reviewed_by=wanted.words.reviewed_by or SOMEBODY)
    return replace(wanted, words=words, stale=False)


class Bench:
    """Keeps what was tried last. May be used from any thread."""

    def __init__(self, knowledge: KnowledgeBase):
        self._knowledge = knowledge
        self._kept: OrderedDict[tuple[object, ...], Desk] = OrderedDict()
        self._busy = threading.Lock()

    def desk(self, current: Content, wanted: Proposal | None) -> Desk:
        """How questions end with this text live, or with what is live now. Takes seconds the
        first time."""
        if wanted is None:
            return self._knowledge.trial_desk(current)
        day = self._knowledge.today(current)
        key = (current.revision, day, wanted.version_id, wanted.language, wanted.words.hash)
        with self._busy:
            if key not in self._kept:
                self._kept[key] = self._knowledge.trial_desk(wanted.applied(current))
            self._kept.move_to_end(key)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
            return self._kept[key]


async def keep_golden(
    work: UnitOfWork, editor: Editor, slug: str, language: str, question: str
) -> Version:
    """Put a question among the test questions of the article's draft, whoever wrote it; begins one
    if need be."""
    await hold(work)
    live, draft = await live_and_draft(work.session, slug, language)
    shown = draft or live
    if shown is None:
        raise Invalid(
            "there is no text in this language yet", field="article", remedy="Write one first."
        )
    if question.casefold() in [one.casefold() for one in shown.golden]:
        raise Invalid("it is a test question of this article already", field="question")
    text = _typed(shown, [*shown.golden, question])
    base = live.id if live else None
    return await save_draft(work, editor, slug, language, text, base, seen=to_add_to(draft, live))


async def drop_golden(
    work: UnitOfWork, editor: Editor, slug: str, language: str, question: str
) -> None:
    """Take it out again; a draft that then says what is live goes with it."""
    await hold(work)
    live, draft = await live_and_draft(work.session, slug, language)
    if draft is None or question not in draft.golden:
        raise NotFound("it is not among the test questions of the draft")
    golden = [one for one in draft.golden if one != question]
    text = _typed(draft, golden)
    same = live and text.words().hash == _typed(live, list(live.golden)).words().hash
    # A draft may also say that a translation is up to date again.
    if live and same and live.based_on == draft.based_on:
        await discard_draft(work, editor, slug, language)
        return
    base = live.id if live else None
    await save_draft(work, editor, slug, language, text, base, seen=to_add_to(draft, live))


def _typed(version: Version, golden: list[str]) -> DraftText:
    words = words_of(version)
    return DraftText(
        title=words.title,
        lead=words.lead,
        more=words.more,
        variants=list(words.variants),
        golden=golden,
        sources=[DraftSource(title=one.title, url=one.url) for one in words.sources],
        verified_on=words.verified_on,
        expires_on=words.expires_on,
    )
