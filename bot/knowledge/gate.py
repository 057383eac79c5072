"""The publish gate: what would change for patients if a text went live.

The text is put into a trial index beside the live one, built by the code that answers patients,
and measured by both. Whoever publishes and whoever only looks ask the same function, and what it
found is kept for as long as nothing is published and the text stays as it is.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from bot.errors import NotFound
from bot.knowledge.base import KnowledgeBase
from bot.knowledge.checks import Finding, Reference, reach_findings, text_findings
from bot.knowledge.checks.findings import quoting
from bot.knowledge.checks.search import draft_findings
from bot.knowledge.content import Content
from bot.knowledge.decide import position_of
from bot.knowledge.evidence import Space
from bot.knowledge.golden import Found, Golden, Loss, found, golden_of, losses, neighbours
from bot.knowledge.index import Index
from bot.knowledge.measuring import TextCache
from bot.knowledge.proposal import Proposal, short_hash
from bot.knowledge.ranking import Ranker

KEPT = 8  # judgements
# What these find cannot be shown or cannot be found: no reason makes up for it.
NEVER = frozenset({"title", "lead", "placeholder"})
# What the live text has already is no reason to hold a better one back.
FORGIVEN = ("missing_fact", "golden")

Tell = Callable[[str, int, int], None]


def silent(_stage: str, _done: int, _total: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the gate found of one text at one revision. `asked` golden questions were tried;
    `losses` are those of other texts that come less far: of other articles, and of its own
    translation."""

    findings: tuple[Finding, ...]
    losses: tuple[Loss, ...]
    asked: int

    @property
    def every(self) -> tuple[Finding, ...]:
        """Everything, what was lost in words too."""
        return (*self.findings, *map(loss_finding, self.losses))

    @property
    def blocking(self) -> list[Finding]:
        """What keeps the text from patients."""
        return [one for one in self.every if one.blocks]


def key_of(finding: Finding) -> str:
    """The same for the same finding."""
    return short_hash(finding.rule, finding.where, finding.field, finding.message)


def overridable(finding: Finding) -> bool:
    """Whether two people may let it pass."""
    return finding.blocks and finding.rule not in NEVER


def loss_finding(loss: Loss) -> Finding:
    """What another text would lose, in words."""
    one = loss.golden
    values = quoting(question=one.question, slug=one.slug)
    if not loss.blocks:
        rule = "neighbour_unsure"
        return Finding(rule, one.slug, "variants", "neighbour_unsure", values, blocks=False)
    if loss.after.first is None:
        return Finding("neighbour", one.slug, "variants", "neighbour_nothing", values)
    values = quoting(question=one.question, slug=one.slug, instead=loss.after.first)
    return Finding("neighbour", one.slug, "variants", "neighbour", values)


# Golden questions, measured once a process: they are asked at every look.
QUESTIONS = TextCache(spare=10_000)
# How they end in an index, for as long as that is there. What is checked and then published is the
# same index, so the next look asks only once.
_ENDS: WeakKeyDictionary[Space, tuple[Ranker, dict[Golden, Found]]] = WeakKeyDictionary()


class Gate:
    """The gate of one knowledge base. May be asked from any thread; it takes one at a time."""

    def __init__(self, knowledge: KnowledgeBase):
        for path in knowledge.kept_vectors:
            QUESTIONS.look_in(path)
        self._busy = threading.Lock()
        self._judged: OrderedDict[tuple[object, ...], Judgement] = OrderedDict()

    def judge(
        self, knowledge: KnowledgeBase, current: Content, proposal: Proposal, tell: Tell = silent
    ) -> Judgement:
        """What the text brings that the live one has not already. Seconds the first time: not
        for the event loop."""
        known = proposal.article
        key = (
            *(current.revision, knowledge.today(current), proposal.language, proposal.words.hash),
            *(known.slug, known.domain, known.topics, known.related, known.handoff),
            *(proposal.stale, *sorted(known.scope.items())),
        )
        with self._busy:
            if key not in self._judged:
                self._judged[key] = self._judge(knowledge, current, proposal, tell)
            self._judged.move_to_end(key)
            while len(self._judged) > KEPT:
                self._judged.popitem(last=False)
            return self._judged[key]

    def _judge(
        self, knowledge: KnowledgeBase, current: Content, proposal: Proposal, tell: Tell
    ) -> Judgement:
        tell("index", 0, 1)
        index, ranker = knowledge.trial(proposal.applied(current))
        live, _ = knowledge.trial(current)
        tell("index", 1, 1)
        lost, asked = self._losses(live, index, ranker, proposal, tell)
        return Judgement(
            findings=tuple(self._findings(knowledge, current, live, index, ranker, proposal)),
            losses=tuple(lost),
            asked=asked,
        )

    def _losses(
        self, live: Index, index: Index, ranker: Ranker, proposal: Proposal, tell: Tell
    ) -> tuple[list[Loss], int]:
        slugs = neighbours((live, index), proposal.slug)
        # The text's own are judged with it, new ones too; those of its translation are asked here.
        text = (proposal.slug, proposal.language)
        asked = [one for one in golden_of(live.content, slugs) if (one.slug, one.language) != text]
        own = len(proposal.words.golden)
        before, after = _known_of(live, ranker), _known_of(index, ranker)
        due = [[one for one in asked if one not in known] for known in (before, after)]
        steps, done = sum(map(len, due)), 0
        for of, known, new in zip((live, index), (before, after), due, strict=True):

            def told(part: int, _total: int, so_far: int = done) -> None:
                tell("golden", so_far + part, steps)

            known |= dict(zip(new, found(of, ranker, new, QUESTIONS, told), strict=True))
            done += len(new)
        return losses(before, {one: after[one] for one in asked}), len(asked) + own

    @staticmethod
    def _findings(
        knowledge: KnowledgeBase,
        current: Content,
        live: Index,
        index: Index,
        ranker: Ranker,
        proposal: Proposal,
    ) -> Iterator[Finding]:
        slug, language, words = proposal.slug, proposal.language, proposal.words
        reference = Reference(current.profile, current.figures, knowledge.today(current))
        place = position_of(live.articles, slug)
        old = None if place is None else live.articles[place].versions.get(language)
        known: set[tuple[str, str]] = set()
        if place is not None and old is not None:
            told = [*text_findings(slug, language, old.words, reference)]
            told += reach_findings(slug, language, live, ranker, place, old.words.golden)
            known = {(one.rule, one.message) for one in told if one.rule in FORGIVEN}
        position = position_of(index.articles, slug)
        if position is None:
            raise NotFound(f"there is no article {slug!r}")
        for one in (
            *text_findings(slug, language, words, reference),
            *reach_findings(slug, language, index, ranker, position, words.golden),
            *draft_findings(index, ranker, position, language),
            *_translations(index, live, slug, language),
            *_left_behind(proposal),
        ):
            if (one.rule, one.message) not in known:
                yield one


def _translations(index: Index, live: Index, slug: str, language: str) -> Iterator[Finding]:
    """The texts in other languages that this one leaves behind."""

    def stale(of: Index) -> set[str]:
        own = next((one for one in of.articles if one.slug == slug), None)
        return {name for name, one in (own.versions if own else {}).items() if one.stale}

    for other in sorted(stale(index) - stale(live) - {language}):
        yield Finding("stale", slug, "lead", f"leaves_behind_{other}", blocks=False)


def _left_behind(proposal: Proposal) -> Iterator[Finding]:
    """The text itself, where its source text has moved on."""
    if proposal.stale:
        yield Finding("stale", proposal.slug, "lead", "translates_older", blocks=False)


_GATES: WeakKeyDictionary[KnowledgeBase, Gate] = WeakKeyDictionary()
_MAKING = threading.Lock()


def _known_of(index: Index, ranker: Ranker) -> dict[Golden, Found]:
    """How golden questions end in this index, as far as they were asked."""
    with _MAKING:
        asked_by, known = _ENDS.get(index.space, (None, {}))
        if asked_by is not ranker:
            known = {}
            _ENDS[index.space] = (ranker, known)
        return known


def gate_of(knowledge: KnowledgeBase) -> Gate:
    """The one gate of this knowledge base."""
    with _MAKING:
        return _GATES.setdefault(knowledge, Gate(knowledge))


def judge(
    knowledge: KnowledgeBase, current: Content, proposal: Proposal, tell: Tell = silent
) -> Judgement:
    """What the text would change for patients."""
    return gate_of(knowledge).judge(knowledge, current, proposal, tell)
