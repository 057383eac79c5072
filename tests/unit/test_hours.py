"""Opening hours across holidays, breaks and clock changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge.hours import Hours, Span, common, merge

CHICAGO = ZoneInfo("America/Chicago")
DAY = (Span(time(8), time(17)),)
WEEK = (DAY, DAY, DAY, DAY, DAY, (), ())
CHRISTMAS = date(2026, 12, 25)
HOURS = Hours(CHICAGO, WEEK, {CHRISTMAS: (), date(2026, 12, 24): (Span(time(8), time(12)),)})


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=CHICAGO)  # type: ignore[arg-type, misc]


def test_the_doors_open_on_the_minute_and_close_on_the_minute() -> None:
    assert not HOURS.is_open(at(2026, 11, 23, 7, 59))
    assert HOURS.is_open(at(2026, 11, 23, 8, 0))
    assert HOURS.is_open(at(2026, 11, 23, 16, 59))
    assert not HOURS.is_open(at(2026, 11, 23, 17, 0))


def test_a_moment_of_another_zone_is_understood() -> None:
    assert HOURS.is_open(datetime(2026, 11, 23, 14, 0, tzinfo=UTC))
    assert not HOURS.is_open(datetime(2026, 11, 23, 13, 59, tzinfo=UTC))


def test_after_closing_the_next_opening_is_the_next_working_day() -> None:
    assert HOURS.next_opening(at(2026, 11, 23, 18, 0)) == at(2026, 11, 24, 8, 0)
    assert HOURS.next_opening(at(2026, 11, 27, 18, 0)) == at(2026, 11, 30, 8, 0)


def test_while_open_the_next_opening_is_a_later_one() -> None:
    assert HOURS.next_opening(at(2026, 11, 23, 8, 0)) == at(2026, 11, 24, 8, 0)


def test_a_holiday_is_closed_and_skipped() -> None:
    assert not HOURS.is_open(at(2026, 12, 25, 10, 0))
    assert HOURS.next_opening(at(2026, 12, 24, 13, 0)) == at(2026, 12, 28, 8, 0)


def test_a_short_day_closes_early() -> None:
    assert HOURS.closes_at(at(2026, 12, 24, 9, 0)) == at(2026, 12, 24, 12, 0)
    assert HOURS.closes_at(at(2026, 12, 24, 12, 0)) is None


def test_a_break_is_closed_and_the_afternoon_is_the_next_opening() -> None:
    split = (Span(time(8), time(12)), Span(time(13), time(17)))
    hours = Hours(CHICAGO, (split,) * 7)
    assert not hours.is_open(at(2026, 11, 23, 12, 30))
    assert hours.next_opening(at(2026, 11, 23, 12, 30)) == at(2026, 11, 23, 13, 0)


def test_eight_stays_eight_when_clocks_go_forward() -> None:
    opening = HOURS.next_opening(at(2027, 3, 12, 18, 0))
    assert opening == at(2027, 3, 15, 8, 0)
    assert opening.astimezone(UTC).hour == 13  # UTC-5: daylight time began on the 14th.
    assert at(2027, 3, 12, 8, 0).astimezone(UTC).hour == 14


def test_eight_stays_eight_when_clocks_go_back() -> None:
    opening = HOURS.next_opening(at(2026, 10, 30, 18, 0))
    assert opening == at(2026, 11, 2, 8, 0)
    assert opening.astimezone(UTC).hour == 14


def test_a_clinic_open_through_the_lost_hour_is_open_after_it() -> None:
    night = Hours(CHICAGO, ((Span(time(0), time(6)),),) * 7)
    lost = datetime(2027, 3, 14, 8, 0, tzinfo=UTC)  # 3 AM, one minute after 1:59 AM.
    assert night.is_open(lost - timedelta(minutes=1))
    assert night.is_open(lost)


def test_a_clinic_that_never_opens_has_no_next_opening() -> None:
    assert Hours(CHICAGO, ((),) * 7).next_opening(at(2026, 11, 23, 8, 0)) is None


@given(st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2027, 12, 1)))  # noqa: DTZ001
def test_the_next_opening_is_later_open_and_preceded_by_closed_doors(moment: datetime) -> None:
    now = moment.replace(tzinfo=UTC)
    opening = HOURS.next_opening(now)
    assert opening is not None
    assert opening.astimezone(UTC) > now
    assert HOURS.is_open(opening)
    assert not HOURS.is_open(opening.astimezone(UTC) - timedelta(minutes=1))


def test_sites_are_merged_where_they_overlap_or_touch() -> None:
    early, late = Span(time(8), time(12)), Span(time(12), time(19))
    evening = Span(time(20), time(21))
    assert merge([(early,), (late, evening)]) == (Span(time(8), time(19)), evening)
    assert merge([(), ()]) == ()


def test_two_plans_for_a_day_share_what_lies_in_both() -> None:
    morning, afternoon = Span(time(8), time(12)), Span(time(13), time(17))
    assert common((Span(time(9), time(15)),), (morning, afternoon)) == (
        Span(time(9), time(12)),
        Span(time(13), time(15)),
    )
    assert common((morning,), (afternoon,)) == ()
