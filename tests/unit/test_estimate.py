"""How long a case waits, from what is known of the desk."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.handoff import habits as learning
from bot.handoff.estimate import (
    PRIOR_HANDLING_SECONDS,
    PRIOR_REPLY_SECONDS,
    Estimate,
    Habits,
    Lane,
    Staffing,
    Start,
    estimate,
    quantile,
    shrunk,
    surprise,
)

BUSY = Staffing(agents=6, slots=6, free=0)
HABITS = Habits(handling=600, handling_cv2=1.0, cases=300, reply=60, reply_sigma=0.5)


def wait(ahead: int, staffing: Staffing = BUSY, overtaking: float = 0.0) -> Estimate:
    return estimate([Lane(ahead, staffing)], HABITS, overtaking)


def test_with_a_free_hand_the_wait_is_what_a_reply_takes() -> None:
    free = wait(0, Staffing(6, 6, 2))
    assert free.start is Start.FREE
    assert free.expected.total_seconds() == pytest.approx(60, rel=0.05)


def test_those_ahead_take_the_free_hands_first() -> None:
    assert wait(1, Staffing(6, 6, 2)).start is Start.FREE
    assert wait(2, Staffing(6, 6, 2)).start is Start.QUEUED


def test_each_case_ahead_makes_the_wait_longer() -> None:
    waits = [wait(ahead).expected for ahead in range(10)]
    assert waits == sorted(waits)
    assert len(set(waits)) == 10


def test_more_people_make_it_shorter() -> None:
    assert wait(4, Staffing(8, 8, 0)).expected < wait(4).expected


def test_longer_conversations_make_it_longer() -> None:
    slow = Habits(handling=1200, handling_cv2=1.0, cases=300, reply=60, reply_sigma=0.5)
    assert estimate([Lane(4, BUSY)], slow).expected > wait(4).expected


def test_what_more_urgent_cases_take_makes_it_longer() -> None:
    assert wait(4, overtaking=0.5).expected > wait(4).expected * 1.5


def test_the_slowest_of_the_lanes_decides() -> None:
    spanish = Lane(3, Staffing(1, 1, 0))
    both = estimate([Lane(4, BUSY), spanish], HABITS)
    assert both == estimate([spanish], HABITS)


def test_a_desk_where_nobody_is_free_or_present_still_gives_an_end() -> None:
    assert wait(0, Staffing(0, 0, 0)).high > timedelta()


def test_the_range_lies_around_what_is_expected_and_the_sure_time_behind_it() -> None:
    found = wait(5)
    assert found.low < found.expected < found.high < found.sure


def test_little_history_makes_the_range_wider() -> None:
    unsure = Habits(handling=600, handling_cv2=1.0, cases=3, reply=60, reply_sigma=0.5)
    wide, known = estimate([Lane(9, BUSY)], unsure), wait(9)
    assert wide.high / wide.low > known.high / known.low


@pytest.mark.parametrize("ahead", [0, 3, 11])
def test_the_range_holds_nine_in_ten_waits_behind_busy_hands(ahead: int) -> None:
    chance = random.Random(5)
    found = estimate([Lane(ahead, BUSY)], HABITS)
    inside = 0
    for _ in range(2000):
        ends = sum(chance.expovariate(6 / 600) for _ in range(ahead + 1))
        actual = ends + chance.lognormvariate(math.log(60), 0.5)
        inside += found.low.total_seconds() <= actual <= found.high.total_seconds()
    assert 0.83 < inside / 2000 < 0.97


def test_where_waits_were_longer_than_expected_the_range_moves() -> None:
    late = replace(HABITS, surprises={Start.QUEUED: [one / 75 for one in range(150)]})
    assert estimate([Lane(4, BUSY)], late).high > wait(4).high
    assert estimate([Lane(4, BUSY)], late).low > wait(4).low


def test_surprises_of_another_kind_of_wait_do_not_move_it() -> None:
    late = replace(HABITS, surprises={Start.FREE: [3.0] * 150})
    assert estimate([Lane(4, BUSY)], late) == wait(4)


def test_a_surprise_is_counted_in_spreads() -> None:
    minute = timedelta(minutes=1)
    assert surprise(minute, 0.5, minute) == 0
    assert surprise(minute, 0.5, minute * math.exp(0.5)) == pytest.approx(1)


def test_without_history_the_prior_is_what_is_believed() -> None:
    nothing = learning.of([], {})
    assert nothing.handling == PRIOR_HANDLING_SECONDS
    assert nothing.reply == pytest.approx(PRIOR_REPLY_SECONDS)


def test_much_history_outweighs_the_prior() -> None:
    measured = learning.of([300.0] * 300, {Start.FREE: [(20.0, 0.0)] * 300})
    assert measured.handling == pytest.approx(300, rel=0.06)
    assert measured.reply == pytest.approx(20, rel=0.15)


def test_a_few_cases_are_drawn_towards_the_prior() -> None:
    mean, _ = shrunk([100.0] * 10, 300, 0.5, 10)
    assert mean == 200


def test_a_case_left_open_over_night_counts_for_two_hours() -> None:
    assert learning.of([60_000.0], {}) == learning.of([7200.0], {})


def test_a_quantile_lies_between_its_neighbours() -> None:
    assert quantile([1.0, 2.0, 3.0], 0.75) == 2.5
    assert quantile([7.0], 0.9) == 7.0
