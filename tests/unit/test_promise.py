"""A promise is a time at which people are there."""

from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from bot import texts
from bot.desk import said_time
from bot.effects import Priority, Reason
from bot.handoff.promise import PromisePolicy, priority_of, promise
from bot.knowledge.hours import Hours, Span

CHICAGO = ZoneInfo("America/Chicago")
OFFICE = (Span(time(8), time(17)),)
WEEKDAYS = Hours(CHICAGO, (OFFICE,) * 5 + ((), ()))
NEVER = Hours(CHICAGO, ((),) * 7)
POLICY = PromisePolicy(
    {Priority.URGENT: 5, Priority.HIGH: 15, Priority.NORMAL: 30}, after_opening=30
)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """November 2026; the 20th is a Friday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=CHICAGO)


@pytest.mark.parametrize(
    ("priority", "minute"), [(Priority.URGENT, 5), (Priority.HIGH, 15), (Priority.NORMAL, 30)]
)
def test_while_open_the_promise_is_minutes_away_by_priority(
    priority: Priority, minute: int
) -> None:
    given = promise(at(20, 10), priority, POLICY, WEEKDAYS)
    assert given.by == at(20, 10, minute)
    assert given.open_now


def test_a_promise_never_ends_after_closing() -> None:
    given = promise(at(20, 16, 45), Priority.NORMAL, POLICY, WEEKDAYS)
    assert given.by == at(23, 8, 30)
    assert not given.open_now


def test_an_urgent_case_shortly_before_closing_is_still_promised_today() -> None:
    assert promise(at(20, 16, 45), Priority.URGENT, POLICY, WEEKDAYS).by == at(20, 16, 50)


def test_at_night_the_promise_is_after_the_next_opening() -> None:
    assert promise(at(18, 23), Priority.NORMAL, POLICY, WEEKDAYS).by == at(19, 8, 30)


def test_where_no_opening_is_planned_no_time_is_promised() -> None:
    assert promise(at(18, 10), Priority.URGENT, POLICY, NEVER).by is None


def test_every_reason_has_a_usual_priority_and_a_request_may_name_another() -> None:
    assert priority_of(Reason.EMERGENCY, None) is Priority.URGENT
    assert priority_of(Reason.BOOKING, None) is Priority.NORMAL
    assert priority_of(Reason.BOOKING, Priority.HIGH) is Priority.HIGH


@pytest.mark.parametrize(
    ("language", "today", "monday"),
    [
        ("en", "3:40 PM", "8:30 AM on Monday, November 23, 2026"),
        ("es", "3:40 p. m.", "lunes 23 de noviembre de 2026, 8:30 a. m."),
    ],
)
def test_a_promised_time_names_the_day_only_when_it_is_another(
    language: str, today: str, monday: str
) -> None:
    now = at(20, 15).astimezone(UTC)
    assert said_time(at(20, 15, 40), now, CHICAGO, language) == today
    assert said_time(at(23, 8, 30), now, CHICAGO, language) == monday


@pytest.mark.parametrize("key", ["desk.promised", "desk.promised_closed"])
def test_a_time_that_brings_its_own_stop_is_not_followed_by_another(key: str) -> None:
    said = texts.get(key, "es", time="8:30 a. m.", phone="217-555-0142").text
    assert "8:30 a. m." in said
    assert ".." not in said.replace("*", "")
