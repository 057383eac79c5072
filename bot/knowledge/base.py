"""The knowledge of one process: an immutable index, swapped when what is published changes.

`answer` is synchronous and may be called from any thread: it reads one snapshot and holds no
lock.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from bot.clock import Clock, utc_now
from bot.db import Database
from bot.errors import NotReady
from bot.knowledge import decide, queries, utterances, vectors
from bot.knowledge.content import Content
from bot.knowledge.costs import FILE as COSTS_FILE
from bot.knowledge.costs import Costs
from bot.knowledge.decide import Desk, Served
from bot.knowledge.index import UNLEARNED, Heads, Index, build
from bot.knowledge.lookups import ProfileFacts
from bot.knowledge.measuring import SHARED, warm_up
from bot.knowledge.notices import LiveNotice, live_notices
from bot.knowledge.outcomes import Context, NoAnswer, Outcome
from bot.knowledge.patching import patched
from bot.knowledge.plans import PlanNames
from bot.knowledge.profile import ClinicProfile
from bot.knowledge.queries import VersionInfo
from bot.knowledge.ranking import FILE, NotTrained, Ranker
from bot.knowledge.utterances import Utterances
from bot.knowledge.why import Why
from bot.language.weights import EncoderUnavailable
from bot.settings import Settings

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """Everything one answer needs, of one revision and one day."""

    index: Index
    ranker: Ranker | None
    plans: PlanNames
    served: Served
    slugs: dict[str, int]


class KnowledgeBase:
    """Answers questions. Empty until `refresh` or `load` was called once."""

    def __init__(self, settings: Settings, *, clock: Clock = utc_now, ranker: Ranker | None = None):
        self._settings = settings
        self._clock = clock
        self._ranker = ranker
        self._snapshot: _Snapshot | None = None
        self._versions: dict[int, VersionInfo] = {}
        self._notices: tuple[LiveNotice, ...] = ()
        self._refreshing = asyncio.Lock()
        self._building = threading.Lock()
        self._read_from: Database | None = None
        self._built_with: tuple[Utterances, Heads] | None = None
        # The index that was tried last: what is published is what was checked.
        self._tried: Index | None = None
        SHARED.look_in(settings.model_dir / vectors.FILE)

    @property
    def revision(self) -> int:
        """The revision that is served; 0 before the first refresh."""
        return self._snapshot.index.content.revision if self._snapshot else 0

    @property
    def profile(self) -> ClinicProfile:
        """The clinic profile in force."""
        return self._current().index.content.profile

    @property
    def content(self) -> Content:
        """All that is published in the revision that is served."""
        return self._current().index.content

    @property
    def notices(self) -> tuple[LiveNotice, ...]:
        """Every notice that is live, also one whose time is yet to come or over."""
        return self._notices

    @property
    def known(self) -> Content | None:
        """All that is published, if it was loaded: what need not be read again."""
        return self._snapshot.index.content if self._snapshot else None

    def answer(self, question: str, context: Context) -> Outcome:
        """How the question ends. A couple of milliseconds; never touches database or network."""
        return self._desk().answer(question, context)

    def article(self, slug: str, context: Context) -> Outcome:
        """The same for an article that is already chosen; `NoAnswer` when it is not served."""
        now = self._clock()
        snapshot = self._on(now)
        position = snapshot.slugs.get(slug)
        if position is None or not snapshot.served.allowed[position]:
            return NoAnswer()
        return self._desk(now).say(position, context.last_question or "", context)

    def explain(
        self, question: str, context: Context, slug: str | None = None, desk: Desk | None = None
    ) -> Why:
        """Why it ends so, here or at a `trial_desk`, and why not with the article `slug`. Raises
        `NotFound` for a name that no article has."""
        costs = Costs.read(self._settings.data_dir / COSTS_FILE)
        return (desk or self._desk()).explain(question, context, costs, slug)

    def topics(self, slug: str) -> list[str]:
        """The topics of an article, served or not; none for an unknown one."""
        snapshot = self._current()
        position = snapshot.slugs.get(slug)
        return [] if position is None else list(snapshot.index.articles[position].topics)

    def version(self, version_id: int) -> VersionInfo | None:
        """Any version patients may have read, old ones included; None when it is not known yet."""
        return self._versions.get(version_id)

    @property
    def kept_vectors(self) -> tuple[Path, ...]:
        """Where vectors of texts lie that need not be encoded again."""
        return (self._settings.model_dir / vectors.FILE,)

    def today(self, content: Content) -> date:
        """The date at the clinic."""
        return _day(content, self._clock())

    def facts(self, language: str) -> ProfileFacts:
        """The facts that fill a text's places now, for no question in particular."""
        now = self._current()
        content = now.index.content
        return ProfileFacts(
            content.profile, content.figures, now.plans, language, "", self._clock()
        )

    def trial(self, content: Content) -> tuple[Index, Ranker]:
        """An index of content that may not be served, to see what it would do. Raises
        `NotTrained`."""
        now = self._current()
        served = content.articles == now.index.articles and content.profile == self.profile
        if served:
            return now.index, self._ranked(now)
        self._tried = index = self._index(content)
        return index, self._ranked(now)

    def trial_desk(self, content: Content) -> Desk:
        """How content would be answered today if it were served. Raises `NotTrained`."""
        index, ranker = self.trial(content)
        plans, now = self._plans(content.profile), self._clock()
        elsewhere = self._settings.other_language
        return Desk(index, self._served(content, now), ranker, plans, now, elsewhere)

    async def refresh(self, database: Database) -> None:
        """Read what is published and serve it; answering needs a trained ranker besides."""
        async with self._refreshing:
            if self._read_from is not database:
                # Numbers of versions say nothing in another database.
                self._read_from, self._versions, known = database, {}, None
            else:
                known = self.known
            async with database.reading() as session:
                # At once: they wait for no index.
                self._notices = await live_notices(session)
                content = await queries.load_content(session, known)
                infos = await queries.version_infos(session, self._versions)
            versions = [*self._versions.values(), *infos]
            await asyncio.to_thread(self.load, content, versions)
            try:
                await asyncio.to_thread(warm_up)
            except EncoderUnavailable as error:
                log.error("questions cannot be read: %s", error.message)

    async def refresh_notices(self, database: Database) -> None:
        """Read which notices are live now, and nothing else."""
        async with database.reading() as session:
            self._notices = await live_notices(session)

    def forget(self) -> None:
        """Serve nothing from now on, and give the memory back: an index is large, and Python may
        not look for what only a cycle of references holds for a very long time."""
        self._snapshot = None
        self._tried = None
        self._read_from = None
        self._versions = {}
        self._notices = ()

    def load(self, content: Content, versions: Iterable[VersionInfo] = ()) -> None:
        """Serve this content from now on. Slow for content that is new: not for the event loop.

        `versions` are those patients may have read; without them only the live ones are known.
        """
        if self._ranker is None:
            self._ranker = self._trained()
        index = self._index(content)
        self._versions = {info.version_id: info for info in versions or _live(content)}
        self._snapshot = _Snapshot(
            index=index,
            ranker=self._ranker,
            plans=self._plans(content.profile),
            served=self._served(content, self._clock()),
            slugs={article.slug: at for at, article in enumerate(content.articles)},
        )

    def _index(self, content: Content) -> Index:
        """From one that is there where it can be: an edit changes one article of thousands."""
        learned = self._ranker.learned if self._ranker else UNLEARNED
        said = utterances.load(self._settings.data_dir)
        with self._building:
            alike = self._built_with == (said, learned)
            served = self._snapshot.index if self._snapshot else None
            for before in (self._tried, served) if alike else ():
                made = patched(before, content, SHARED, said, learned) if before else None
                if made is not None:
                    return made
            self._built_with = (said, learned)
            return build(content, SHARED, said, learned)

    def _plans(self, profile: ClinicProfile) -> PlanNames:
        """Those that are there where the profile is the same: they are slow to make."""
        now = self._snapshot
        same = now is not None and now.index.content.profile is profile
        return now.plans if now and same else PlanNames.of(profile)

    def _served(self, content: Content, now: datetime) -> Served:
        unreviewed = content.profile.demo and not self._settings.production
        return decide.served(content, _day(content, now), unreviewed=unreviewed)

    def _trained(self) -> Ranker | None:
        """The ranker. Without one the clinic is still known: patients are handed to a person."""
        try:
            return Ranker.load(self._settings.model_dir / FILE)
        except NotTrained as error:
            log.error("questions cannot be answered: %s", error.message)
            return None

    def _current(self) -> _Snapshot:
        if self._snapshot is None:
            raise NotReady("knowledge is not loaded yet")
        return self._snapshot

    def _on(self, now: datetime) -> _Snapshot:
        """The snapshot with what may be said that day: expiry needs no edit to take effect."""
        snapshot = self._current()
        content = snapshot.index.content
        if snapshot.served.day == _day(content, now):
            return snapshot
        fresh = replace(snapshot, served=self._served(content, now))
        if self._snapshot is snapshot:
            self._snapshot = fresh
        return fresh

    def _desk(self, now: datetime | None = None) -> Desk:
        # One look at the clock: at midnight, what is served and what the facts say belong to
        # the same day.
        now = now or self._clock()
        on = self._on(now)
        elsewhere = self._settings.other_language
        return Desk(on.index, on.served, self._ranked(on), on.plans, now, elsewhere)

    @staticmethod
    def _ranked(snapshot: _Snapshot) -> Ranker:
        if snapshot.ranker is None:
            raise NotTrained("there is no ranker", remedy="run `careline train`")
        return snapshot.ranker


def _day(content: Content, now: datetime) -> date:
    return now.astimezone(content.profile.zone).date()


def _live(content: Content) -> Iterable[VersionInfo]:
    for article in content.articles:
        for version in article.versions.values():
            yield VersionInfo(
                version_id=version.version_id,
                slug=article.slug,
                language=version.language,
                title=version.words.title,
                sources=version.words.sources,
                verified_on=version.words.verified_on,
                reviewed=bool(version.words.reviewed_by),
            )
