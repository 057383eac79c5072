"""What the measures came to: shares with their intervals, in all and by language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.evaluation.ends import Ended
from bot.evaluation.measures import MEASURES, Measure
from bot.evaluation.sets import LANGUAGES
from bot.intervals import Share, difference

SPANISH_BEHIND = "spanish_behind"
SPANISH_TITLE = "Spanish behind English, right topic first"
SPANISH_DEFINITION = "How far `topic_first` of Spanish questions is below that of English ones."


@dataclass(frozen=True, slots=True)
class Measured:
    """What a measure came to. `share` is None for a difference and where sets are `missing`."""

    name: str
    title: str
    at_most: bool
    value: float | None
    interval: tuple[float, float]
    share: Share | None = None
    languages: tuple[tuple[str, Share], ...] = ()
    missing: tuple[str, ...] = ()


def measure(ended: Sequence[Ended], present: Sequence[str]) -> list[Measured]:
    """All measures over what was asked, in order; those whose sets were not asked are missing."""
    found = [_measured(one, ended, present) for one in MEASURES]
    return [*found, _spanish_behind(ended, present)]


def _measured(measure: Measure, ended: Sequence[Ended], present: Sequence[str]) -> Measured:
    missing = tuple(name for name in measure.sets if name not in present)
    if missing:
        return Measured(
            measure.name, measure.title, measure.at_most, None, (0.0, 1.0), missing=missing
        )
    every = share(measure, ended)
    return Measured(
        measure.name,
        measure.title,
        measure.at_most,
        every.value if every.total else None,
        every.interval(),
        every,
        tuple((name, share(measure, ended, name)) for name in LANGUAGES),
    )


def share(measure: Measure, ended: Iterable[Ended], language: str | None = None) -> Share:
    """How many count, of those the measure is about, in one language or in all."""
    spoken = (one for one in ended if language in (None, one.row.language))
    judged = [counts for one in spoken if (counts := measure.judge(one)) is not None]
    return Share(sum(judged), len(judged))


def _spanish_behind(ended: Sequence[Ended], present: Sequence[str]) -> Measured:
    basis = next(one for one in MEASURES if one.name == "topic_first")
    english, spanish = (share(basis, ended, language) for language in LANGUAGES)
    missing = tuple(name for name in basis.sets if name not in present)
    known = not missing and english.total and spanish.total
    value, low, high = difference(english, spanish)
    return Measured(
        SPANISH_BEHIND,
        SPANISH_TITLE,
        at_most=True,
        value=value if known else None,
        interval=(low, high) if known else (-1.0, 1.0),
        languages=(("en", english), ("es", spanish)) if known else (),
        missing=missing,
    )
