"""The starter content and a ranker fitted on it, made once and kept between test runs.

So are the vectors of the texts: encoding them all takes longer than most tests.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from bot.gaps import likeness
from bot.knowledge import base, heads, ranking, utterances, vectors
from bot.knowledge.base import KnowledgeBase
from bot.knowledge.content import Content, from_files
from bot.knowledge.gate import QUESTIONS
from bot.knowledge.index import build
from bot.knowledge.measuring import SHARED, TextCache
from bot.knowledge.plans import PlanNames
from bot.knowledge.ranking import NotTrained, Ranker
from bot.knowledge.training import fingerprint, train
from bot.language import spanish
from bot.language.e5 import files as spanish_files
from bot.settings import ROOT, Settings

DATA = ROOT / "data"
# A Saturday at noon at the clinic; every starter article and figure is in force.
NOW = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)
KEPT = Path(tempfile.gettempdir())
VECTORS = KEPT / "careline-test-vectors.npz"
SPANISH = KEPT / "careline-test-spanish"
TRAINED = ROOT / "models"


@cache
def starter_content() -> Content:
    """What lies under `data/`."""
    return from_files(DATA)


def spanish_encoder_built() -> None:
    """The Spanish encoder that `careline train` or an earlier run has built is not built again."""
    if not spanish.AVAILABLE or not spanish_files.are_due(TRAINED):
        return
    if spanish_files.are_due(SPANISH):
        from bot.language.e5.building import build as build_spanish

        build_spanish(SPANISH)
    spanish.look_in(SPANISH)


def remember_texts() -> None:
    """Texts that `careline train` or an earlier run has encoded are not encoded again."""
    if vectors.usable(TRAINED / vectors.FILE):
        SHARED.look_in(TRAINED / vectors.FILE)
        QUESTIONS.look_in(TRAINED / vectors.FILE)
        return
    SHARED.look_in(VECTORS)
    if not vectors.usable(VECTORS):
        build(starter_content(), SHARED, utterances.load(DATA))
        SHARED.keep(VECTORS)


@cache
def starter_ranker() -> Ranker:
    """Fitting takes long, so that a ranker of the same inputs is taken from disk."""
    content = starter_content()
    expected = fingerprint(content, DATA)
    kept = KEPT / f"careline-test-ranker-{expected[:16]}.json"
    remember_texts()
    for path in (TRAINED / ranking.FILE, kept):
        with suppress(NotTrained):
            if (found := Ranker.load(path)).fingerprint == expected:
                return found
    cache = TextCache(VECTORS, spare=sys.maxsize)
    ranker = train(content, DATA, cache)
    cache.keep(VECTORS)
    ranker.save(kept)
    return ranker


def share_what_is_built() -> None:
    """Applications that serve the same content share its index and its names.

    A test's application lives for a second or two, most of which would go into building these.
    """
    # One ranker too: what two files of the same bytes have learned is not the same to an index.
    setattr(Ranker, "load", staticmethod(_loaded_once(Ranker.load)))  # noqa: B010
    kept = _kept(build, alike=lambda content, *_: content.revision)
    setattr(base, "build", kept)  # noqa: B010 – a name that the module does not export
    setattr(PlanNames, "of", _kept(PlanNames.of, alike=lambda profile: profile.zone))  # noqa: B010


def _loaded_once(load: Callable[[Path], Ranker]) -> Callable[[Path], Ranker]:
    """`load`, which reads files of the same bytes once."""
    known: dict[tuple[bytes, ...], Ranker] = {}

    def loaded(path: Path) -> Ranker:
        parts = (path, path.with_name(heads.FILE))
        read = tuple(part.read_bytes() if part.is_file() else b"" for part in parts)
        mark = tuple(sha256(part).digest() for part in read)
        if mark not in known:
            known[mark] = load(path)
        return known[mark]

    return loaded


def _kept(make: Callable[..., Any], alike: Callable[..., Any]) -> Callable[..., Any]:
    """`make`, with its first result, which is of what every test begins with, and its last ones;
    `alike` is a quick look before everything is compared."""
    first: list[tuple[Any, tuple[Any, ...], Any]] = []
    last: deque[tuple[Any, tuple[Any, ...], Any]] = deque(maxlen=2)

    def made(*given: Any) -> Any:
        sign = alike(*given)
        for seen, same, result in (*first, *last):
            if seen == sign and all(a is b or a == b for a, b in zip(same, given, strict=True)):
                return result
        result = make(*given)
        (last if first else first).append((sign, given, result))
        return result

    return made


def starter_knowledge(content: Content | None = None, *, now: datetime = NOW) -> KnowledgeBase:
    """A knowledge base on files, whose clock stands still."""
    settings = Settings(_env_file=None)
    knowledge = KnowledgeBase(settings, clock=lambda: now, ranker=starter_ranker())
    knowledge.load(content or starter_content())
    return knowledge


def keep_likeness(model_dir: Path) -> None:
    """What `careline train` or an earlier run has learned of alike questions is not learned
    again."""
    kept = KEPT / "careline-test-likeness"
    found = next((one for one in (TRAINED, kept) if not likeness.is_due(one, DATA)), None)
    if found is None:
        likeness.load(kept, DATA)
        found = kept
    model_dir.mkdir(parents=True, exist_ok=True)
    shutil.copy(found / likeness.FILE, model_dir / likeness.FILE)
