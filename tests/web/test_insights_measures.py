"""Every measure on a log that was computed by hand, with what must not count beside what does."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import insert

from bot.db import Database
from bot.insights import measures, queries
from bot.insights.facts import Facts
from bot.insights.queries import Wanted
from bot.insights.values import Count
from bot.intervals import Share
from bot.outreach.models import Contact
from tests.web.care_log import Log
from tests.web.known_lives import NOW, PERIOD, at, known_lives

SILENCE = timedelta(minutes=30)


async def read(database: Database) -> Facts:
    async with database.reading() as session:
        return await queries.facts(session, PERIOD, now=NOW, silence=SILENCE)


@pytest.fixture
async def facts(database: Database) -> Facts:
    await known_lives().write(database)
    return await read(database)


def minutes(seconds: float | None) -> float | None:
    return None if seconds is None else seconds / 60


async def test_a_first_response_runs_from_the_handoff_and_not_for_who_was_not_asked(
    facts: Facts,
) -> None:
    found = measures.first_response(facts)
    told = [minutes(one) for one in found.seconds]
    assert told == [5, 6, 8, 10, 10, 15, 25, 30, 30, 31, 2680]
    assert (minutes(found.median), minutes(found.p90)) == (15, 31)


async def test_handling_adds_the_spells_of_a_case_and_leaves_the_queue_out(facts: Facts) -> None:
    found = measures.handling(facts)
    told = [minutes(one) for one in found.seconds]
    assert told == [5, 6, 10, 11, 18, 22, 25, 25, 25, 25, 26, 30, 51]
    assert (minutes(found.median), minutes(found.p90)) == (25, 30)


async def test_a_promise_is_kept_within_the_first_time_only(facts: Facts) -> None:
    # Not kept: late; moved (twice, once replied in time); left late; late but warned; no reply.
    assert measures.promise_kept(facts) == Share(6, 12)


async def test_a_warning_counts_before_the_time_is_over_only(
    facts: Facts, database: Database
) -> None:
    assert measures.warned(facts) == Share(3, 6)
    log = Log()
    log.numbers = iter(range(900, 999))  # type: ignore[assignment]
    late = log.asks(at(9, "9:00")).warned(at(9, "9:25")).claimed(at(9, "9:30"), "ana")
    late.replied(at(9, "9:31"), "ana")
    await log.write(database)
    assert measures.warned(await read(database)) == Share(3, 7)


async def test_leaving_counts_before_a_reply_and_not_after_it(facts: Facts) -> None:
    assert measures.abandonment(facts) == Share(2, 14)


async def test_reopening_counts_within_seven_days_and_not_when_it_is_too_early_to_know(
    facts: Facts,
) -> None:
    # Of 16: two were abandoned, one still waits, one was resolved six days ago.
    assert measures.reopened(facts) == Share(1, 12)


async def test_a_day_ends_at_midnight_of_the_clinic(facts: Facts) -> None:
    assert measures.cases(facts) == Count(16)
    assert measures.contacts(facts) == Count(25)


async def test_an_open_contact_is_not_contained_and_one_with_a_case_never_is(facts: Facts) -> None:
    assert measures.containment(facts) == Share(9, 24)
    assert measures.handoff_rate(facts) == Share(16, 25)


async def test_coming_back_counts_within_seven_days_also_after_the_period(facts: Facts) -> None:
    # After a resolved case, after 3 days, and after the period; not after 8 days.
    assert measures.repeat_contact(facts) == Share(3, 23)
    assert measures.contained_repeat(facts) == Share(2, 9)


async def test_a_cleared_chat_cannot_be_recognized_and_a_kept_one_in_its_browser_only(
    facts: Facts,
) -> None:
    # One cleared chat, and three patients who left a case.
    assert measures.unlinkable(facts) == Share(4, 25)
    assert measures.browser_only(facts) == Share(21, 25)


async def test_an_address_that_a_patient_left_is_recognized_until_it_is_withdrawn(
    database: Database,
) -> None:
    log = Log()
    first, second, third = (log.chat(at(day, "9:00")) for day in (2, 4, 6))
    await log.write(database)
    await leave(database, {first.id: None, second.id: None, third.id: at(7, "9:00")})
    facts = await read(database)
    assert measures.repeat_contact(facts) == Share(1, 3)
    assert measures.browser_only(facts) == Share(1, 3)


async def leave(database: Database, withdrawn: dict[str, datetime | None]) -> None:
    """The same address in each conversation, and when its patient took it back."""
    fixed = {"channel": "email", "address_hash": "same", "language": "en", "best_time": "any"}
    fixed |= {"days": ""}
    when = at(2, "9:00")
    rows = [
        {"conversation_id": one, "withdrawn_at": gone, "saved_at": when, "seen_at": when, **fixed}
        for one, gone in withdrawn.items()
    ]
    async with database.work() as work:
        await work.session.execute(insert(Contact), rows)
        await work.commit()


async def test_the_person_and_the_assistant_are_rated_apart_and_within_the_period(
    facts: Facts,
) -> None:
    assert measures.rating_person(facts).scores == (4, 5)
    assert measures.rating_assistant(facts).scores == (2,)
    assert measures.rating_person(facts.of_agent("ben")).scores == (4,)


async def test_a_person_is_measured_by_their_own_part_of_a_case(facts: Facts) -> None:
    ben, ana = facts.of_agent("ben"), facts.of_agent("ana")
    assert [minutes(one) for one in measures.first_response(ben).seconds] == [6, 8]
    assert [minutes(one) for one in measures.handling(ben).seconds] == [10, 25, 30]
    assert 15 in [minutes(one) for one in measures.handling(ana).seconds]
    assert measures.promise_kept(ben) == Share(2, 2)


async def test_filters_narrow_cases_and_language_narrows_contacts_too(facts: Facts) -> None:
    account = Wanted(reason="account").narrow(facts)
    assert (measures.cases(account), measures.contacts(account)) == (Count(2), Count(25))
    spanish = Wanted(language="es").narrow(facts)
    assert (measures.cases(spanish), measures.contacts(spanish)) == (Count(2), Count(3))
    assert measures.cases(Wanted(site="main").narrow(facts)) == Count(2)


async def test_turns_are_named_by_the_most_telling_thing_in_them(database: Database) -> None:
    log = Log()
    talk = log.chat(at(3, "9:00")).says(at(3, "9:01")).turn(at(3, "9:02"), "clarify")
    talk.says(at(3, "9:03")).turn(at(3, "9:04"), "no_answer")
    talk.says(at(3, "9:05")).turn(at(3, "9:06"), "text", "fallback")
    talk.says(at(3, "9:07")).turn(at(3, "9:08"), "text", "dropped")
    case = talk.says(at(3, "9:09")).asks(at(3, "9:09"))
    talk.turn(at(3, "9:09") + timedelta(milliseconds=30), "text")
    talk.says(at(3, "9:20")).turn(at(3, "9:21"), "text")
    await log.write(database)
    found = [turn.outcome for turn in (await read(database)).turns]
    expected = ["answer", "clarify", "no_answer", "failed", "dropped", "handed_over", "other"]
    assert (found, case.row["state"]) == (expected, "waiting")


async def test_a_safety_text_is_timed_from_its_own_message_and_a_missing_one_is_seen(
    database: Database,
) -> None:
    log = Log()
    danger = {"safety_tier": "full", "safety_category": "saf.suicide"}
    perhaps = {"safety_tier": "soft", "safety_category": "saf.medical"}
    line = {"kind": "safety"}
    first = log.talk().says(at(3, "9:00"), **danger)
    first.line("system", at(3, "9:00") + timedelta(milliseconds=50), **danger, **line)
    second = log.talk().says(at(3, "9:00"), **perhaps)
    second.line("system", at(3, "9:00") + timedelta(seconds=2), **perhaps, **line)
    # An hour later is no answer.
    third = log.talk("es").says(at(3, "9:00"), **danger)
    third.line("system", at(3, "10:00"), **danger, **line)
    await log.write(database)
    facts = await read(database)
    assert (measures.safety_full(facts), measures.safety_soft(facts)) == (Count(2), Count(1))
    assert measures.safety_time(facts).seconds == pytest.approx((0.05, 2.0))
    assert measures.safety_unanswered(facts) == Count(1)


async def test_a_period_without_anything_has_empty_measures(database: Database) -> None:
    facts = await read(database)
    assert measures.cases(facts) == Count(0)
    assert measures.promise_kept(facts) == Share(0, 0)
    assert measures.first_response(facts).median is None
