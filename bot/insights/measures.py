"""How each measure is computed from the facts of a period. `definitions.py` says it in words."""

from __future__ import annotations

from bot.insights.facts import CaseLife, Facts, Kept
from bot.insights.values import Count, Scores, Spans, share
from bot.intervals import Share


def asked(facts: Facts) -> list[CaseLife]:
    """Cases that were asked for: not those that a person took over unasked."""
    return [case for case in facts.cases if not case.taken_over]


def cases(facts: Facts) -> Count:
    """How often a person was needed."""
    return Count(len(facts.cases))


def first_response(facts: Facts) -> Spans:
    """From the handoff to a person's own first line."""
    return Spans.of(
        (case.replied_at - case.requested_at).total_seconds()
        for case in asked(facts)
        if case.replied_at and facts.agent in (None, case.replied_by)
    )


def handling(facts: Facts) -> Spans:
    """How long people had a case, all its turns together, of cases that have ended."""
    found = []
    for case in facts.cases:
        spans = [one for one in case.held if facts.agent in (None, one.agent_id)]
        if case.ended_at and spans:
            found.append(sum((one.until - one.since).total_seconds() for one in spans))
    return Spans.of(found)


def promise_kept(facts: Facts) -> Share:
    """Promises kept within the first time given, of those that are decided."""
    return share([kept is Kept.KEPT for _, kept in _decided(facts)])


def warned(facts: Facts) -> Share:
    """Of the promises not kept, those of which the patient heard before the time was over."""
    return share([case.warned for case, kept in _decided(facts) if kept is not Kept.KEPT])


def _decided(facts: Facts) -> list[tuple[CaseLife, Kept]]:
    found = []
    for case in asked(facts):
        kept = case.promise(facts.now)
        if kept is not None and facts.agent in (None, case.replied_by):
            found.append((case, kept))
    return found


def abandonment(facts: Facts) -> Share:
    """The patient left before a person's first line, of cases that came to an answer or an end."""
    decided = [case for case in asked(facts) if case.replied_at or case.left_at or case.ended_at]
    return share([case.abandoned for case in decided])


def reopened(facts: Facts) -> Share:
    """Taken up again within seven days, of cases that ended at least seven days ago."""
    found = []
    for case in facts.cases:
        end = case.first_ended_at
        if end is None or case.abandoned or (facts.now - end).days < 7:
            continue
        again = case.reopened_at
        found.append(again is not None and (again - end).days < 7)
    return share(found)


def contacts(facts: Facts) -> Count:
    """How often patients came."""
    return Count(len(facts.contacts))


def containment(facts: Facts) -> Share:
    """Ended without a person, of the contacts that have ended."""
    return share([not one.to_person for one in facts.contacts if one.over])


def handoff_rate(facts: Facts) -> Share:
    """Contacts in which a person was asked for."""
    return share([one.to_person for one in facts.contacts])


def repeat_contact(facts: Facts) -> Share:
    """Back within seven days, of contacts old enough to know."""
    return share([one.repeated for one in facts.contacts if one.settled(facts.now)])


def contained_repeat(facts: Facts) -> Share:
    """The same, of those that ended without a person."""
    settled = [one for one in facts.contacts if one.settled(facts.now) and not one.to_person]
    return share([one.repeated for one in settled])


def unlinkable(facts: Facts) -> Share:
    """Contacts of which no later one would be recognised."""
    return share([one.linkable is None for one in facts.contacts])


def browser_only(facts: Facts) -> Share:
    """Contacts of which a later one would be recognised in the same browser only."""
    return share([one.linkable == "browser" for one in facts.contacts])


def rating_person(facts: Facts) -> Scores:
    """What patients said of the person."""
    return _rating(facts, "person")


def rating_assistant(facts: Facts) -> Scores:
    """What patients said of the assistant."""
    return _rating(facts, "assistant")


def _rating(facts: Facts, about: str) -> Scores:
    return Scores(tuple(sorted(one.score for one in facts.ratings if one.about == about)))


def safety_full(facts: Facts) -> Count:
    """Messages that were stopped for a safety text and an urgent case."""
    return Count(sum(one.tier == "full" for one in facts.safety))


def safety_soft(facts: Facts) -> Count:
    """Messages that got a safety line beside their answer."""
    return Count(sum(one.tier == "soft" for one in facts.safety))


def safety_time(facts: Facts) -> Spans:
    """From the patient's line to the safety text."""
    return Spans.of(
        (one.answered_at - one.at).total_seconds() for one in facts.safety if one.answered_at
    )


def safety_unanswered(facts: Facts) -> Count:
    """Messages that the gate marked and that no safety text followed."""
    return Count(sum(one.answered_at is None for one in facts.safety))


def answered_turns(facts: Facts) -> Share:
    """Turns that ended with an approved answer."""
    return _turns(facts, "answer")


def unanswered_turns(facts: Facts) -> Share:
    """Turns in which no answer was found."""
    return _turns(facts, "no_answer")


def failed_turns(facts: Facts) -> Share:
    """Turns in which the assistant failed."""
    return _turns(facts, "failed")


def _turns(facts: Facts, outcome: str) -> Share:
    return share([one.outcome == outcome for one in facts.turns])
