"""Who gets which case: decided without a database."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.handoff.assignment import Unassigned, match
from bot.handoff.skills import Needs, Skills, domain_of, needs_of
from bot.handoff.staffing import OnShift

NOW = datetime(2026, 11, 23, 16, tzinfo=UTC)
ENGLISH = Needs("en")


def person(
    name: str, load: int = 0, state: str = "online", skills: Skills | None = None
) -> OnShift:
    return OnShift(name, name, state, NOW, 4, load, skills or Skills())


def case(number: int, needs: Needs = ENGLISH, **passed: int) -> Unassigned:
    return Unassigned(number, needs, passed)


def test_the_first_case_goes_to_the_least_loaded_and_counts_for_the_next() -> None:
    people = [person("ana", load=2), person("ben", load=0)]
    assert match([case(1), case(2), case(3)], people, unskilled=False) == [
        (1, "ben"),
        (2, "ben"),
        (3, "ana"),
    ]


def test_whoever_let_a_case_pass_comes_last_but_is_asked_again_when_alone() -> None:
    both = [person("ana"), person("ben", load=3)]
    assert match([case(1, ana=1)], both, unskilled=False) == [(1, "ben")]
    assert match([case(1, ana=1)], both[:1], unskilled=False) == [(1, "ana")]


@pytest.mark.parametrize("state", ["away", "offline"])
def test_who_is_not_online_gets_nothing(state: str) -> None:
    assert match([case(1)], [person("ana", state=state)], unskilled=True) == []


def test_a_case_that_nobody_may_take_does_not_hold_up_the_next() -> None:
    people = [person("ana", skills=Skills(frozenset({"en"})))]
    assert match([case(1, Needs("es")), case(2)], people, unskilled=False) == [(2, "ana")]


@pytest.mark.parametrize(
    ("needs", "fits"),
    [
        (Needs("en"), True),
        (Needs("en", "billing", "main"), True),
        (Needs("es", "billing", "main"), False),
        (Needs("en", "coverage"), False),
        (Needs("en", None, "riverside"), False),
        (Needs("en", private=True), False),
    ],
)
def test_skills_limit_by_language_subject_site_and_privacy(needs: Needs, fits: bool) -> None:
    can = Skills(frozenset({"en"}), frozenset({"billing"}), frozenset({"main"}), private=False)
    assert can.meet(needs) is fits
    assert Skills().meet(needs), "who has no limits may take anything"


@pytest.mark.parametrize(
    ("asked", "needs"),
    [
        (None, Needs("en", "billing", "main")),
        ("language:es", Needs("es", "billing", "main")),
        ("topic:coverage", Needs("en", "coverage", "main")),
        ("site:riverside", Needs("en", "billing", "riverside")),
        ("privacy", Needs("en", "billing", "main", private=True)),
    ],
)
def test_what_a_transfer_asked_for_goes_before_what_the_packet_says(
    asked: str | None, needs: Needs
) -> None:
    assert needs_of("en", "asked", "billing", "main", asked) == needs


@pytest.mark.parametrize(
    ("topics", "domain"),
    [(["bil.my_bill", "cov.eob"], "billing"), (["cov.eob"], "coverage"), ([], None), (["x"], None)],
)
def test_a_case_belongs_to_the_domain_of_its_first_topic(
    topics: list[str], domain: str | None
) -> None:
    assert domain_of(topics) == domain


PEOPLE = some.lists(
    some.builds(
        OnShift,
        agent_id=some.uuids().map(str),
        name=some.just("somebody"),
        state=some.sampled_from(["online", "away"]),
        since=some.just(NOW),
        capacity=some.integers(0, 4),
        load=some.integers(0, 5),
        skills=some.sampled_from([Skills(), Skills(frozenset({"en"})), Skills(frozenset({"es"}))]),
    ),
    max_size=6,
    unique_by=lambda one: one.agent_id,
)
LANGUAGES = some.lists(some.sampled_from(["en", "es"]), max_size=20)


@given(PEOPLE, LANGUAGES, some.booleans())
def test_nobody_is_overloaded_and_no_case_is_passed_over_for_a_later_like_it(
    people: list[OnShift], languages: list[str], unskilled: bool
) -> None:
    cases = [case(number, Needs(language)) for number, language in enumerate(languages)]
    given = dict(match(cases, people, unskilled=unskilled))
    by_id = {who.agent_id: who for who in people}
    for agent_id, count in Counter(given.values()).items():
        assert count <= by_id[agent_id].free
    for language in ("en", "es"):
        served = [one.id in given for one in cases if one.needs.language == language]
        assert served == sorted(served, reverse=True), "those served came first"
    if not unskilled:
        assert all(by_id[who].skills.meet(cases[number].needs) for number, who in given.items())


def test_what_a_transfer_asks_for_goes_before_what_the_case_says() -> None:
    told = ("en", "asked", "coverage", "main")
    assert needs_of(*told) == Needs("en", "coverage", "main")
    assert needs_of(*told, "topic:billing") == Needs("en", "billing", "main")
    assert needs_of(*told, "language:es") == Needs("es", "coverage", "main")
    assert needs_of(*told, "site:riverside") == Needs("en", "coverage", "riverside")
    assert needs_of(*told, "privacy") == Needs("en", "coverage", "main", private=True)
