"""Calls come while the clinic answers, when the patient likes it, and never at night."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from bot.knowledge.hours import Hours, Span
from bot.outreach.times import Wish, clinic_days, due, is_quiet

ZONE = ZoneInfo("America/Chicago")
DAY = (Span(time(8), time(17)),)
THANKSGIVING = date(2026, 11, 26)
HOURS = Hours(ZONE, (DAY, DAY, DAY, DAY, DAY, (), ()), {THANKSGIVING: ()})


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=ZONE)


def test_in_open_hours_a_call_is_due_within_the_hour() -> None:
    assert due(at(24, 10), HOURS, Wish()) == at(24, 11)


def test_a_call_is_never_due_after_closing() -> None:
    assert due(at(24, 16, 30), HOURS, Wish()) == at(24, 17)


def test_after_closing_a_call_is_due_an_hour_after_the_next_opening() -> None:
    assert due(at(24, 17), HOURS, Wish()) == at(25, 9)


def test_the_best_time_is_respected() -> None:
    assert due(at(24, 9), HOURS, Wish("afternoon")) == at(24, 13)
    assert due(at(24, 12), HOURS, Wish("morning")) == at(25, 9)


def test_a_holiday_and_the_weekend_are_skipped() -> None:
    assert due(at(25, 17), HOURS, Wish()) == at(27, 9)
    assert due(at(27, 18), HOURS, Wish()) == at(30, 9)


def test_the_chosen_days_are_respected() -> None:
    assert due(at(24, 9), HOURS, Wish(days=("fri",))) == at(27, 9)


@pytest.mark.parametrize("wish", [Wish(days=("sun",)), Wish("morning", ("sat",))])
def test_a_wish_that_never_meets_the_hours_does_not_cost_the_call(wish: Wish) -> None:
    assert due(at(24, 9), HOURS, wish) == at(24, 10)


def test_no_call_is_due_where_nobody_ever_answers() -> None:
    assert due(at(24, 9), Hours(ZONE, ((),) * 7), Wish()) is None


def test_a_clinic_that_answers_all_night_still_calls_nobody_then() -> None:
    always = Hours(ZONE, ((Span(time(0), time(23, 59)),),) * 7)
    assert due(at(24, 23), always, Wish()) == at(25, 9)
    assert due(at(24, 3), always, Wish()) == at(24, 9)
    assert is_quiet(at(24, 7, 59), always)
    assert is_quiet(at(24, 21), always)
    assert not is_quiet(at(24, 8), always)


def test_only_days_with_hours_are_offered() -> None:
    assert clinic_days(HOURS) == ("mon", "tue", "wed", "thu", "fri")
