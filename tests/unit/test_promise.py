"""A promise is a time at which people are there, and that the desk believes in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot import texts
from bot.desk import said_time, terms_of
from bot.effects import Priority, Reason
from bot.handoff.estimate import Estimate, Start
from bot.handoff.promise import Promise, PromisePolicy, priority_of, promise
from bot.knowledge import profile
from bot.knowledge.hours import Hours, Span
from bot.settings import ROOT

CHICAGO = ZoneInfo("America/Chicago")
OFFICE = (Span(time(8), time(17)),)
WEEKDAYS = Hours(CHICAGO, (OFFICE,) * 5 + ((), ()))
NEVER = Hours(CHICAGO, ((),) * 7)
POLICY = PromisePolicy(
    {Priority.URGENT: 5, Priority.HIGH: 15, Priority.NORMAL: 30},
    after_opening=30,
    reasons={Reason.RECORDS: 60, Reason.EMERGENCY: 3},
)


def at(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """November 2026; the 20th is a Friday."""
    return datetime(2026, 11, day, hour, minute, second, tzinfo=CHICAGO)


def likely(minutes: float, *, sure: float = 0) -> Estimate:
    """A wait of about so many minutes."""
    expected = timedelta(minutes=minutes)
    end = timedelta(minutes=sure) if sure else expected * 2
    high = min(end, expected * 2)
    return Estimate(expected, expected / 2, high, end, expected, 0.4, Start.QUEUED)


def given(
    when: datetime, limit: int, wait: Estimate | None = None, not_before: datetime | None = None
) -> Promise:
    minutes = timedelta(minutes=limit)
    return promise(when, minutes, POLICY, WEEKDAYS, wait or likely(2), not_before=not_before)


@pytest.mark.parametrize(
    ("priority", "minute"), [(Priority.URGENT, 5), (Priority.HIGH, 15), (Priority.NORMAL, 30)]
)
def test_while_few_wait_the_policy_says_the_time(priority: Priority, minute: int) -> None:
    limit = POLICY.limit(priority, Reason.ASKED)
    told = promise(at(20, 10), limit, POLICY, WEEKDAYS, likely(1))
    assert told.by == at(20, 10, minute)
    assert told.open_now


def test_where_many_wait_the_promise_is_the_end_of_what_is_likely() -> None:
    assert given(at(20, 10), 30, likely(40, sure=70)).by == at(20, 11, 10)


def test_the_range_lies_before_the_promise_and_in_whole_minutes() -> None:
    told = given(at(20, 10, 0, 20), 30, likely(10))
    assert (told.low, told.high) == (at(20, 10, 5), at(20, 10, 21))
    assert told.by == at(20, 10, 31), "a patient reads no seconds, so the minute is rounded up"


def test_a_reason_may_have_a_limit_of_its_own() -> None:
    assert POLICY.limit(Priority.NORMAL, Reason.RECORDS) == timedelta(minutes=60)
    assert POLICY.limit(Priority.URGENT, Reason.EMERGENCY) == timedelta(minutes=3)


def test_a_reason_never_makes_an_urgent_case_wait_longer() -> None:
    assert POLICY.limit(Priority.URGENT, Reason.RECORDS) == timedelta(minutes=5)


def test_a_case_that_is_likely_answered_before_closing_is_promised_today() -> None:
    assert given(at(20, 16, 45), 30, likely(5)).by == at(20, 17)


def test_what_is_not_answered_before_closing_moves_behind_the_next_opening() -> None:
    told = given(at(20, 16, 45), 30, likely(10, sure=25))
    assert told.by == at(23, 8, 30)
    assert told.counted_from == at(23, 8)
    assert not told.open_now


def test_at_night_the_promise_is_after_the_next_opening() -> None:
    assert given(at(18, 23), 30).by == at(19, 8, 30)


def test_a_long_line_at_the_opening_makes_the_promise_later() -> None:
    assert given(at(18, 23), 30, likely(40, sure=70)).by == at(19, 9, 10)


def test_where_no_opening_is_planned_no_time_is_promised() -> None:
    assert promise(at(18, 10), timedelta(minutes=5), POLICY, NEVER, likely(1)).by is None


def test_who_comes_later_is_not_promised_to_be_served_before() -> None:
    assert given(at(20, 10), 30, not_before=at(20, 10, 50)).by == at(20, 10, 50)


def test_a_promise_of_another_day_does_not_hold_todays_back() -> None:
    assert given(at(20, 10), 30, not_before=at(23, 8, 30)).by == at(20, 10, 30)


def test_a_warning_comes_at_most_a_third_of_the_time_before_the_end() -> None:
    assert POLICY.lead(timedelta(minutes=6)) == timedelta(minutes=2)
    assert POLICY.lead(timedelta(hours=14)) == timedelta(minutes=10)


def test_the_starter_profile_states_the_whole_policy() -> None:
    terms = terms_of(profile.load(ROOT / "data" / "clinic.toml"))
    assert terms.policy.limit(Priority.NORMAL, Reason.RECORDS) == timedelta(minutes=60)
    assert (terms.policy.warning, terms.people, terms.at_once) == (10, 2, 3)


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


@pytest.mark.parametrize(
    "key", ["desk.promised", "desk.promised_closed", "desk.moved", "desk.moved_closed"]
)
def test_a_time_that_brings_its_own_stop_is_not_followed_by_another(key: str) -> None:
    clock = "8:30 a. m."
    known = {"time": clock, "low": clock, "high": clock, "place": "2", "phone": "217-555-0142"}
    fields = {name: value for name, value in known.items() if wants(key, name)}
    said = texts.get(key, "es", **fields).text
    assert clock in said
    assert ".." not in said.replace("*", "")


def wants(key: str, name: str) -> bool:
    return f"{{{name}}}" in texts.catalogue("es")[key]


def test_a_range_is_never_empty() -> None:
    point = replace(likely(5), low=timedelta(minutes=5), high=timedelta(minutes=5))
    told = given(at(20, 10), 30, point)
    assert told.low is not None
    assert told.high is not None
    assert told.low < told.high
