"""Days, lives, contacts and values of the insights, without a database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.errors import Invalid
from bot.handoff.history import Happened
from bot.insights.facts import Kept
from bot.insights.lives import Event, Opened, life
from bot.insights.periods import Period, period_of
from bot.insights.values import Change, Count, Spans
from bot.insights.visits import Began, Thread, linked, split
from bot.intervals import Share

CHICAGO = ZoneInfo("America/Chicago")
NINE = datetime(2026, 11, 3, 15, tzinfo=UTC)
LATER = NINE + timedelta(days=30)
SILENCE = timedelta(minutes=30)


def after(minutes: float) -> datetime:
    return NINE + timedelta(minutes=minutes)


def lived(*events: Event) -> Kept | None:
    asked = Event(Happened.REQUESTED, NINE, promised_by=after(20))
    return life(Opened(1, "c", "asked", "en", NINE), [asked, *events]).promise(LATER)


def test_the_day_on_which_clocks_go_back_has_25_hours_and_the_other_23() -> None:
    fall, spring = date(2026, 11, 1), date(2026, 3, 8)
    hours = [(one.end - one.start) / timedelta(hours=1) for one in
             (Period(fall, fall, CHICAGO), Period(spring, spring, CHICAGO))]  # fmt: skip
    assert hours == [25, 23]


def test_the_period_before_is_as_long_and_ends_where_this_one_begins() -> None:
    period = Period(date(2026, 11, 1), date(2026, 11, 14), CHICAGO)
    assert (period.before().length, period.before().end) == (14, period.start)


def test_a_long_period_goes_by_weeks_and_a_short_one_by_days() -> None:
    long = Period(date(2026, 9, 2), date(2026, 11, 14), CHICAGO)
    assert long.steps()[:2] == [date(2026, 9, 2), date(2026, 9, 7)]
    assert long.step_of(datetime(2026, 9, 3, 12, tzinfo=UTC)) == date(2026, 9, 2)
    short = Period(date(2026, 11, 1), date(2026, 11, 3), CHICAGO)
    assert len(short.steps()) == 3


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        ("2026-11-02", "2026-11-01", "from"),
        ("yesterday", "", "from"),
        ("2020-01-01", "2026-11-01", "from"),
        ("", "2026-13-01", "to"),
    ],
)
def test_a_period_that_cannot_be_is_refused(first: str, last: str, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        period_of(first, last, date(2026, 11, 22), CHICAGO)
    assert refused.value.field == field


def test_without_dates_the_period_ends_today() -> None:
    period = period_of("", "", date(2026, 11, 22), CHICAGO)
    assert (period.first, period.last) == (date(2026, 10, 26), date(2026, 11, 22))


def test_a_reply_on_the_minute_keeps_a_promise_and_a_second_later_breaks_it() -> None:
    assert lived(Event(Happened.FIRST_REPLY, after(20), "ana")) is Kept.KEPT
    assert lived(Event(Happened.FIRST_REPLY, after(20.1), "ana")) is Kept.BROKEN


def test_a_time_told_earlier_counts_and_one_told_later_does_not() -> None:
    earlier = Event(Happened.RAISED, after(2), promised_by=after(5))
    assert lived(earlier, Event(Happened.FIRST_REPLY, after(6), "ana")) is Kept.BROKEN
    later = Event(Happened.PROMISE_GIVEN, after(2), promised_by=after(90))
    assert lived(later, Event(Happened.FIRST_REPLY, after(60), "ana")) is Kept.BROKEN


def test_an_event_that_means_nothing_here_changes_nothing() -> None:
    assert lived(Event("offered", after(1)), Event(Happened.FIRST_REPLY, after(3))) is Kept.KEPT


def test_a_transfer_to_a_person_begins_their_spell() -> None:
    events = [
        Event(Happened.CLAIMED, after(0), "ana"),
        Event(Happened.TRANSFERRED, after(4), "ana", detail={"to": "ben"}),
        Event(Happened.RESOLVED, after(10), "ben"),
    ]
    found = life(Opened(1, "c", "asked", "en", NINE), events)
    spells = [(one.agent_id, (one.until - one.since) / timedelta(minutes=1)) for one in found.held]
    assert spells == [("ana", 4), ("ben", 6)]


def test_a_transfer_to_the_queue_and_a_person_who_vanished_end_a_spell() -> None:
    queue = Event(Happened.TRANSFERRED, after(4), "ana", detail={"to": "queue"})
    gone = Event(Happened.VANISHED, after(9), "ana", detail={"returned": 1})
    flagged = Event(Happened.VANISHED, after(9), "ana", detail={"returned": 0})
    for event, minutes in ((queue, [4]), (gone, [9]), (flagged, [])):
        events = [Event(Happened.CLAIMED, NINE, "ana"), event]
        found = life(Opened(1, "c", "asked", "en", NINE), events).held
        assert [(one.until - one.since) / timedelta(minutes=1) for one in found] == minutes


def test_silence_ends_a_contact_unless_a_case_is_open() -> None:
    lines = [Began(NINE, "en", None), Began(after(60), "en", after(5))]
    thread = Thread(begun=list(lines), last_line=after(61))
    assert len(split("c", thread, now=LATER, silence=SILENCE)) == 2
    thread.cases.append((after(5), after(90), ()))
    assert len(split("c", thread, now=LATER, silence=SILENCE)) == 1


def test_the_same_address_links_two_conversations_and_nothing_else_does() -> None:
    one = split("a", Thread([Began(NINE, "en", None)], NINE), now=LATER, silence=SILENCE)
    other = split("b", Thread([Began(after(90), "en", None)]), now=LATER, silence=SILENCE)
    both = {"a": one, "b": other}
    apart = linked(both, {"a": {"mine"}, "b": {"yours"}})
    assert [contact.again_by for contact in apart] == [None, None]
    known = linked(both, {"a": {"same"}, "b": {"same", "other"}})
    assert [contact.again_by for contact in known] == ["contact", None]


def test_few_times_have_no_p90_and_many_have_the_ninth_of_ten() -> None:
    assert Spans.of(range(9)).p90 is None
    assert Spans.of(range(1, 11)).p90 == 9


def test_a_change_is_sure_only_when_its_interval_leaves_zero_out() -> None:
    small = Change.between(Share(6, 10), Share(4, 10))
    large = Change.between(Share(600, 1000), Share(400, 1000))
    assert small and large and not small.sure and large.sure
    assert Change.between(Share(1, 2), Share(0, 0)) is None
    assert Change.between(Count(1), Count(2)) is None
