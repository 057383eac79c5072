"""An article for some people only is said to them, and to nobody who asks about others."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import cache

import pytest

from bot.knowledge.base import KnowledgeBase
from bot.knowledge.names import ClinicNames
from bot.knowledge.outcomes import Answer, Clarify, Context, Outcome
from bot.knowledge.scoping import Asker, asker, fits
from tests.starter import NOW, starter_content, starter_knowledge

QUESTION = "how do i read my eob"
ARTICLE = "eob"


def test_there_is_no_doubt_about_who_a_question_without_scope_is_for() -> None:
    assert fits({}, *_asked("do you take walk-ins")) is True


@pytest.mark.parametrize(
    ("scope", "question", "fit"),
    [
        ({"payer": "Aetna"}, "does aetna pay for glasses", True),
        ({"payer": "Aetna"}, "does cigna pay for glasses", False),
        ({"payer": "Aetna"}, "does my plan pay for glasses", None),
        ({"payer": "Aetna, Cigna"}, "does cigna pay for glasses", True),
        ({"plan_type": "HMO"}, "do i need a referral with my hmo", True),
        ({"plan_type": "HMO"}, "do i need a referral with my ppo", False),
        ({"age_group": "Children"}, "shots for my son", True),
        ({"age_group": "Children"}, "vacunas para mi bebé", True),
        ({"age_group": "Children"}, "shots for my grandmother", False),
        ({"age_group": "Adults"}, "citas para mi abuelita", True),
        ({"age_group": "Children"}, "do you give shots", None),
        ({"payer": "Aetna", "age_group": "Children"}, "aetna, for my daughter", True),
        ({"payer": "Aetna", "age_group": "Children"}, "cigna, for my daughter", False),
        ({"payer": "Aetna", "age_group": "Children"}, "for my daughter", None),
        ({"payer": "Xyzzy Health"}, "does xyzzy health pay for glasses", True),
        ({"payer": "Xyzzy Health"}, "do you sell glasses", None),
    ],
)
def test_a_question_is_within_a_scope_outside_or_does_not_say(
    scope: dict[str, str], question: str, fit: bool | None
) -> None:
    assert fits(scope, *_asked(question)) is fit


def test_a_site_is_known_by_the_names_that_patients_use() -> None:
    one, other = starter_content().profile.locations[:2]

    assert fits({"location": one.name}, *_asked(f"parking at {one.name}")) is True
    assert fits({"location": one.name}, *_asked(f"parking at {other.name}")) is False


def test_who_the_article_is_for_is_answered_with_it() -> None:
    outcome = _outcome(f"{QUESTION} from cigna")

    assert isinstance(outcome, Answer)
    assert outcome.article.slug == ARTICLE


def test_who_asks_about_another_payer_is_not() -> None:
    outcome = _outcome(f"{QUESTION} from aetna")

    assert not (isinstance(outcome, Answer) and outcome.article.slug == ARTICLE)
    assert not (isinstance(outcome, Clarify) and ARTICLE in [one.slug for one in outcome.options])


def test_who_does_not_say_is_offered_it_and_not_told() -> None:
    outcome = _outcome(QUESTION)

    assert isinstance(outcome, Clarify)
    assert outcome.options[0].slug == ARTICLE


def test_whom_a_question_is_about_may_be_known_beside_its_words() -> None:
    assert isinstance(_outcome(QUESTION, "Cigna"), Answer)


def test_an_article_for_everybody_on_the_same_subject_goes_before_one_that_may_be_for_others() -> (
    None
):
    assert _slug(_outcome(QUESTION, beside=True)) == f"{ARTICLE}-for-all"


def test_the_article_for_just_these_people_goes_before_the_one_for_everybody() -> None:
    assert _slug(_outcome(f"{QUESTION} from cigna", beside=True)) == ARTICLE


def _asked(question: str) -> tuple[Asker, ClinicNames, datetime]:
    names = ClinicNames(starter_content().profile)
    return asker(question, names, NOW), names, NOW


def _outcome(question: str, *scope: str, beside: bool = False) -> Outcome:
    return _knowledge(beside).answer(question, Context("en", scope=scope))


@cache
def _knowledge(beside: bool) -> KnowledgeBase:
    """A base in which the article is for one payer only; `beside` adds it to the one for all."""
    content = starter_content()
    (known,) = (one for one in content.articles if one.slug == ARTICLE)
    own = replace(known, scope={"payer": "Cigna"})
    others = [one for one in content.articles if one is not known]
    if beside:
        others.append(replace(known, slug=f"{ARTICLE}-for-all"))
    articles = tuple(sorted((*others, own), key=lambda one: one.slug))
    return starter_knowledge(replace(content, articles=articles))


def _slug(outcome: Outcome) -> str:
    assert isinstance(outcome, Answer)
    return outcome.article.slug
