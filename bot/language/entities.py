"""What a message names: payers, kinds of care, places, dates, times, and sums of money.

A spaCy pipeline with one entity ruler finds the names it was built with. A word that no name has
reaches spaCy as a blank, so nothing a patient wrote stays in its string store; a misspelled word
reaches it as the word it stands for. Dates, times and sums are found by their grammar.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from bot.language import amounts, dates, holidays
from bot.language.guards import meant_here
from bot.language.spelling import Spelling
from bot.language.tokens import Row, Token, tokens

if TYPE_CHECKING:
    from spacy.language import Language

# Beyond this many words a message is read as it is written: correcting takes time.
CORRECTED_WORDS = 120
BLANK = "_"
IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Entity:
    """A thing that a message names. `text` is what stands between `start` and `end`.

    Kinds and values: `payer`, `service`, `visit_type`, `place` and `plan_type` as the vocabulary
    has them; `date` an ISO date, or two with a slash between them; `time` as `17:30` or
    `morning`; `money` in dollars, `340.00`.
    """

    kind: str
    value: str
    text: str = field(repr=False)
    start: int
    end: int

    @property
    def days(self) -> tuple[date, date] | None:
        """The first and the last day of a date; None for other kinds."""
        if self.kind != "date":
            return None
        first, _, last = self.value.partition("/")
        return date.fromisoformat(first), date.fromisoformat(last or first)


@dataclass(frozen=True, slots=True)
class Name:
    """Words that name a thing. A guarded name is an ordinary word too: it needs its context."""

    words: tuple[str, ...]
    kind: str
    value: str
    guarded: bool = False


@dataclass(frozen=True, slots=True)
class _Span:
    """Words from `first` up to `last`."""

    first: int
    last: int
    kind: str
    value: str


class EntityFinder:
    """Finds entities. Immutable once made, and safe in any thread; about a millisecond a message.

    Of two names with the same words the one that comes first counts.
    """

    def __init__(
        self,
        names: Iterable[Name],
        *,
        look_alikes: Iterable[str] = (),
        ignored: Iterable[tuple[str, ...]] = (),
    ):
        known: dict[tuple[str, ...], Name] = {}
        for words in ignored:
            known.setdefault(words, Name(words, IGNORED, IGNORED))
        for name in names:
            if name.words:
                known.setdefault(name.words, name)
        self._names = known
        self._words = {word for words in known for word in words} | dates.WORDS
        # A word that names something alone is worth mending; parts of longer names are too common.
        telling = {word: word for word in dates.WORDS | holidays.SINGLE}
        telling |= {words[0]: name.value for words, name in known.items() if len(words) == 1}
        self._spelling = Spelling(telling, look_alikes)
        self._pipeline = _pipeline(known)

    def find(
        self,
        text: str,
        today: date,
        own_holidays: Mapping[tuple[str, ...], date] | None = None,
    ) -> tuple[Entity, ...]:
        """What the message names, in order and without overlaps. `today` is the clinic's date.

        `own_holidays` dates the names of holidays that the clinic keeps on days of its own.
        """
        found = tokens(text)
        words = self._corrected(found)
        row = Row(words)
        spans = _without_overlaps(
            (
                *self._named(words),
                *_by_grammar(row, today),
                *_kept(words, today, own_holidays or {}),
            )
        )
        return tuple(
            Entity(span.kind, span.value, text[start:end], start, end)
            for span in spans
            if span.kind != IGNORED
            for start, end in ((found[span.first].start, found[span.last - 1].end),)
        )

    def _corrected(self, found: tuple[Token, ...]) -> tuple[str, ...]:
        words = [token.word for token in found]
        for at, word in enumerate(words[:CORRECTED_WORDS]):
            if word not in self._words and (meant := self._spelling.meant(word)):
                words[at] = meant
        return tuple(words)

    def _named(self, words: tuple[str, ...]) -> Iterator[_Span]:
        from spacy.tokens import Doc

        known = [word if word in self._words else BLANK for word in words]
        doc = self._pipeline(Doc(self._pipeline.vocab, words=known))
        named = [
            (self._names[tuple(words[entity.start : entity.end])], entity.start, entity.end)
            for entity in doc.ents
        ]
        sure = [
            (first, last)
            for name, first, last in named
            if name.kind == "payer" and not name.guarded
        ]
        for name, first, last in named:
            if not name.guarded or meant_here(words, first, last, sure):
                yield _Span(first, last, name.kind, name.value)


def _pipeline(names: Iterable[tuple[str, ...]]) -> Language:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # spaCy's own libraries deprecate one another
        import spacy
        from spacy.tokens import Doc

        nlp = spacy.blank("xx")
        nlp.tokenizer = lambda text: Doc(nlp.vocab, words=text.split(" "))
        ruler = nlp.add_pipe("entity_ruler")
        ruler.add_patterns([{"label": "name", "pattern": " ".join(words)} for words in names])
        nlp(BLANK)  # the first call builds what later ones share
    return nlp


def _by_grammar(row: Row, today: date) -> Iterator[_Span]:
    for one in dates.dates(row, today):
        value = one.begins.isoformat()
        if one.ends != one.begins:
            value = f"{value}/{one.ends.isoformat()}"
        yield _Span(one.first, one.last, "date", value)
    for sum_ in amounts.sums(row):
        yield _Span(sum_.first, sum_.last, "money", sum_.value)
    for time in amounts.times(row):
        yield _Span(time.first, time.last, "time", time.value)


def _kept(
    words: tuple[str, ...], today: date, own: Mapping[tuple[str, ...], date]
) -> Iterator[_Span]:
    for first, last, day in holidays.kept(words, today, own):
        yield _Span(first, last, "date", day.isoformat())


def _without_overlaps(spans: Iterable[_Span]) -> list[_Span]:
    """The longest first; of equals the earlier."""
    kept: list[_Span] = []
    for span in sorted(spans, key=lambda one: (one.first - one.last, one.first)):
        if all(span.last <= other.first or other.last <= span.first for other in kept):
            kept.append(span)
    return sorted(kept, key=lambda one: one.first)
