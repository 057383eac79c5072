"""When a task is due, and whose it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.handoff.follow_up_work import Worker
from bot.handoff.follow_ups import at_work

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


class Days:
    """Open from eight to five, every day, in UTC."""

    def is_open(self, at: datetime) -> bool:
        return 8 <= at.hour < 17

    def closes_at(self, at: datetime) -> datetime | None:
        return at.replace(hour=17)

    def next_opening(self, at: datetime) -> datetime | None:
        opening = at.replace(hour=8, minute=0)
        return opening if at < opening else opening + timedelta(days=1)


class Never(Days):
    """Nobody is ever there."""

    def is_open(self, at: datetime) -> bool:
        return False

    def next_opening(self, at: datetime) -> datetime | None:
        return None


@pytest.mark.parametrize(
    ("at", "due"),
    [
        (NOON, NOON),
        (NOON.replace(hour=3), NOON.replace(hour=8)),
        (NOON.replace(hour=20), NOON.replace(hour=8) + timedelta(days=1)),
    ],
)
def test_a_task_is_due_when_somebody_is_there(at: datetime, due: datetime) -> None:
    assert at_work(at, Days()) == due


def test_where_no_opening_is_planned_the_time_stays() -> None:
    assert at_work(NOON, Never()) == NOON


@pytest.mark.parametrize(
    ("roles", "role", "owner", "sees"),
    [
        ("agent", "agent", None, True),
        ("agent", "agent", "me", True),
        ("agent", "agent", "ben", False),
        ("agent", "supervisor", None, False),
        ("agent", "supervisor", "me", True),
        ("supervisor", "agent", "ben", True),
        ("supervisor", "editor", None, False),
        ("editor", "editor", None, True),
        ("reviewer", "editor", None, True),
        ("editor", "agent", None, False),
    ],
)
def test_who_sees_a_task(roles: str, role: str, owner: str | None, sees: bool) -> None:
    assert Worker("me", frozenset({roles})).may_see(role, owner) is sees
