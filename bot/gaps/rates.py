"""Whether a gap is asked less often since its article is live: counts, not impressions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.intervals import Share, difference

SPAN = timedelta(days=28)
WEEK = timedelta(days=7)
WEEKS = 8
# Fewer conversations than this say nothing.
ENOUGH = 50


@dataclass(frozen=True, slots=True)
class Effect:
    """Conversations with this question among all, in the weeks before a day and since."""

    published_at: datetime
    before: Share
    since: Share

    @property
    def verdict(self) -> str:
        """`early`, or what the 95 % interval of the difference allows to say."""
        if self.since.total < ENOUGH or self.before.total < ENOUGH:
            return "early"
        _, low, high = difference(self.since, self.before)
        if high < 0:
            return "fell"
        return "rose" if low > 0 else "unclear"


def effect(
    asked: Sequence[tuple[str, datetime]],
    opened: Sequence[datetime],
    published_at: datetime,
    now: datetime,
) -> Effect:
    """`asked` are the gap's questions as conversation and time, `opened` all conversations."""
    until = min(now, published_at + SPAN)

    def share(start: datetime, end: datetime) -> Share:
        total = sum(start <= at < end for at in opened)
        count = len({who for who, at in asked if start <= at < end})
        # A conversation may begin before the span and ask within it.
        return Share(min(count, total) if total else 0, total)

    return Effect(
        published_at, share(published_at - SPAN, published_at), share(published_at, until)
    )


def weekly(asked: Sequence[tuple[str, datetime]], now: datetime) -> list[int]:
    """Distinct conversations in each of the last eight weeks, the current one last."""
    found = []
    for back in range(WEEKS - 1, -1, -1):
        end = now - back * WEEK
        found.append(len({who for who, at in asked if end - WEEK < at <= end}))
    return found
