"""The simulated week: its clinic, its ways to hand out, and what it counts."""

from __future__ import annotations

import random
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from bot.clock import running_on, utc_now
from bot.errors import Invalid
from bot.evaluation.queue_week import clinic, report
from bot.evaluation.queue_week.clinic import Person
from bot.evaluation.queue_week.measures import Figures, Offer
from bot.evaluation.queue_week.policies import first_for
from bot.handoff.waiting import InLine
from bot.knowledge import profile
from bot.settings import ROOT

HOURS = profile.load(ROOT / "data" / "clinic.toml").agent_hours()
# A Tuesday, 10 AM in Chicago.
TEN = datetime(2026, 11, 17, 16, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def case(
    number: int, *, rank: int = 2, language: str = "en", asked: int = 0, promised: int = 30
) -> InLine:
    """A case asked for and promised so many minutes after ten."""
    by = TEN + promised * MINUTE
    return InLine(number, rank, "asked", language, by, TEN + asked * MINUTE)


def person(name: str, *languages: str) -> Person:
    lunch = time(12)
    return Person(name, name, frozenset(languages or ("en",)), lunch)


def test_the_offered_load_is_work_over_the_time_of_those_present() -> None:
    people = clinic.team([str(number) for number in range(6)])
    assert clinic.handling_for(1.0, people, HOURS) == pytest.approx(
        2 * clinic.handling_for(0.5, people, HOURS)
    )


def test_as_many_ask_at_the_peak_as_is_said() -> None:
    asked = [
        one
        for seed in range(20)
        for one in clinic.patients(random.Random(seed), 600, HOURS.zone)
        if one.at.hour in (9, 10)
    ]
    assert len(asked) / (20 * clinic.DAYS * 2) == pytest.approx(40, rel=0.05)


def test_nobody_is_present_at_lunch_when_sick_or_after_closing() -> None:
    people = clinic.team([str(number) for number in range(6)])
    local = TEN.astimezone(HOURS.zone)
    assert not people[1].present(local, HOURS), "sick on Tuesday"
    assert people[0].present(local, HOURS)
    assert not people[0].present(local.replace(hour=11, minute=40), HOURS)
    assert not people[0].present(local.replace(hour=17), HOURS)


def test_time_waited_counts_opening_hours_only() -> None:
    closing = TEN.astimezone(HOURS.zone).replace(hour=16, minute=50)
    opening = closing + timedelta(hours=15, minutes=20)
    assert clinic.open_time(closing, opening, HOURS) == 20 * MINUTE
    assert clinic.after_open_time(closing, 20 * MINUTE, HOURS) == opening


def test_who_looks_at_the_queue_takes_the_first_case_they_have_the_language_for() -> None:
    line = [case(1, language="es"), case(2), case(3)]
    assert first_for(line, person("english")) == line[1]
    assert first_for(line, person("both", "en", "es")) == line[0]
    assert first_for(line[:1], person("english")) is None


def test_people_come_and_go_with_the_doors_and_their_lunch() -> None:
    who = person("a")
    day = TEN.astimezone(HOURS.zone).date()
    times = sorted(at.strftime("%H:%M") for at in who.changes(day, HOURS))
    assert times == ["08:00", "12:00", "12:45", "17:00"]


@pytest.mark.parametrize(
    ("offered", "passed"),
    [
        (case(2, asked=5, promised=35), True),
        (case(2, asked=5, promised=20), False),
        (case(2, asked=5, promised=35, rank=1), False),
        (case(2, asked=5, promised=35, language="es"), False),
    ],
)
def test_an_earlier_case_promised_no_later_must_not_be_passed_over(
    offered: InLine, passed: bool
) -> None:
    assert Offer(offered, [case(1), offered]).passed_over is passed


def test_the_figures_take_their_place_and_leave_the_words(tmp_path: Path) -> None:
    page = tmp_path / "queue.md"
    page.write_text(f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n")
    one = Figures("pull", 0.85, 10, 0.96, 1.0, 2, 0.9, 0.9, 7.0, 30.0, 1.0, 9.0, 0.01, 0)
    report.write([one], page)
    text = page.read_text()
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "| 0.85 | pull | 10 | 96.0% |" in text
    assert "old" not in text


def test_a_page_without_a_place_for_figures_is_refused(tmp_path: Path) -> None:
    page = tmp_path / "other.md"
    page.write_text("words")
    with pytest.raises(Invalid):
        report.write([], page)
    assert page.read_text() == "words"


def test_the_whole_process_lives_by_another_clock_and_then_by_its_own() -> None:
    with running_on(lambda: TEN):
        assert utc_now() == TEN
    assert utc_now() > TEN + MINUTE
