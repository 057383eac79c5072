"""What came after an answer is the first thing that shows whether it helped."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.corrections.came_next import Came, Life, Line, Next, came_next

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def at(minutes: int) -> datetime:
    return NOON + timedelta(minutes=minutes)


def line(seq: int, author: str, version_id: int | None = None) -> Line:
    return Line(seq, author, version_id, at(seq))


ASKED, SHOWN = line(1, "patient"), line(2, "bot", 7)


def life(
    *later: Line,
    missed: tuple[int, ...] = (),
    asked: tuple[tuple[datetime, str], ...] = (),
    closed: bool = False,
) -> Life:
    return Life([ASKED, SHOWN, *later], missed, asked, closed)


def test_a_handoff_before_the_next_answer_is_told_with_its_reason() -> None:
    told = life(line(3, "patient"), asked=((at(3), "asked"),))
    assert came_next(SHOWN, told) == Came(Next.HANDOFF, "asked")


def test_a_handoff_of_the_same_turn_counts() -> None:
    assert came_next(SHOWN, life(asked=((at(2), "account"),))).reason == "account"


def test_a_handoff_before_the_answer_or_after_another_one_is_not_its() -> None:
    later = (line(3, "patient"), line(4, "bot", 9))
    told = life(*later, asked=((at(1), "asked"), (at(4), "complaint")))
    assert came_next(SHOWN, told) == Came(Next.ANOTHER_QUESTION)


def test_not_what_i_asked_counts_until_the_next_answer() -> None:
    assert came_next(SHOWN, life(line(3, "patient"), missed=(3,))).next is Next.NOT_WHAT_I_ASKED
    later = (line(3, "patient"), line(4, "bot", 9), line(5, "patient"))
    assert came_next(SHOWN, life(*later, missed=(5,))).next is Next.ANOTHER_QUESTION


def test_of_two_things_the_first_one_counts() -> None:
    both = (line(3, "patient"), line(4, "patient"))
    missed_first = life(*both, missed=(3,), asked=((at(4), "asked"),))
    assert came_next(SHOWN, missed_first).next is Next.NOT_WHAT_I_ASKED
    asked_first = life(*both, missed=(4,), asked=((at(3), "asked"),))
    assert came_next(SHOWN, asked_first).next is Next.HANDOFF


def test_silence_is_an_end_only_once_the_chat_is_over() -> None:
    assert came_next(SHOWN, life()).next is Next.NOTHING_YET
    assert came_next(SHOWN, life(closed=True)).next is Next.ENDED
    assert came_next(SHOWN, life(line(3, "patient"), closed=True)).next is Next.ANOTHER_QUESTION
