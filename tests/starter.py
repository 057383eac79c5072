"""The starter content and a ranker fitted on it, made once and kept between test runs."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from bot.knowledge.base import KnowledgeBase
from bot.knowledge.content import Content, from_files
from bot.knowledge.ranking import NotTrained, Ranker
from bot.knowledge.training import fingerprint, train
from bot.settings import ROOT, Settings

DATA = ROOT / "data"
# A Saturday at noon at the clinic; every starter article and figure is in force.
NOW = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)


@cache
def starter_content() -> Content:
    """What lies under `data/`."""
    return from_files(DATA)


@cache
def starter_ranker() -> Ranker:
    """Fitting takes seconds, so that a ranker of the same inputs is taken from disk."""
    content = starter_content()
    expected = fingerprint(content, DATA)
    kept = Path(tempfile.gettempdir()) / f"careline-test-ranker-{expected[:16]}.json"
    try:
        return Ranker.load(kept)
    except NotTrained:
        ranker = train(content, DATA)
        ranker.save(kept)
        return ranker


def starter_knowledge(content: Content | None = None, *, now: datetime = NOW) -> KnowledgeBase:
    """A knowledge base on files, whose clock stands still."""
    settings = Settings(_env_file=None)
    knowledge = KnowledgeBase(settings, clock=lambda: now, ranker=starter_ranker())
    knowledge.load(content or starter_content())
    return knowledge
