"""Follow-ups asked in full, and questions that stand on their own left alone."""

from __future__ import annotations

import pytest

from bot.knowledge.follow_up import Last, in_full, lookups, resolved
from bot.knowledge.names import ClinicNames
from bot.knowledge.outcomes import Context
from tests.starter import NOW, starter_content

NAMES = ClinicNames(starter_content().profile)


def full(before: str, question: str, about: str = "", language: str = "en") -> str | None:
    last = Last(before, NAMES.find(before, NOW), frozenset(about.split()))
    return in_full(question, NAMES.find(question, NOW), last, language)


@pytest.mark.parametrize(
    ("before", "question", "asked"),
    [
        ("do you take aetna", "what about Cigna", "do you take Cigna"),
        ("do you take aetna?", "and ambeter?", "do you take ambeter?"),
        ("does aetna cover an mri", "what about united", "does united cover an mri"),
        ("are you open monday at riverside", "and saturday?", "are you open saturday at riverside"),
        (
            "are you open monday at riverside",
            "and main street?",
            "are you open monday at main street",
        ),
        ("how much is an x-ray", "and a flu shot?", "how much is an flu shot"),
        ("do you take aetna or humana", "how about cigna", "do you take cigna"),
        ("can i book a visit for friday", "or monday?", "can i book a visit for monday"),
        ("¿aceptan aetna?", "¿y cigna?", "¿aceptan cigna?"),
        ("¿abren el lunes?", "y el sábado", "¿abren el sábado?"),
        ("¿cuánto cuesta una radiografía?", "¿y una mamografía?", "¿cuánto cuesta una mamografía?"),
        ("do you take aetna", "sorry no i meant cigna", "do you take cigna"),
        ("do you take aetna", "no i meant cigna", "do you take cigna"),
    ],
)
def test_the_new_thing_takes_the_place_of_the_old(before: str, question: str, asked: str) -> None:
    assert full(before, question) == asked


@pytest.mark.parametrize(
    ("before", "about", "question", "language", "asked"),
    [
        ("do you take my insurance", "plan", "cigna", "en", "do you take cigna?"),
        ("what about cigna", "plan", "and humana?", "en", "do you take humana?"),
        ("what are your hours", "open", "and on saturday?", "en", "are you open on saturday?"),
        ("and saturday?", "open", "and riverside?", "en", "is riverside open saturday?"),
        ("what services do you have", "service", "x-rays?", "en", "do you do x-rays?"),
        ("where are your prices", "price service", "and a flu shot", "en", "how much is flu shot?"),
        ("¿aceptan mi seguro?", "plan", "tengo cigna", "es", "¿aceptan cigna?"),
        ("¿cuál es su horario?", "open", "¿y el domingo?", "es", "¿abren el domingo?"),
    ],
)
def test_a_look_up_of_the_last_article_is_asked_about_what_is_named_now(
    before: str, about: str, question: str, language: str, asked: str
) -> None:
    assert full(before, question, about, language) == asked


@pytest.mark.parametrize(
    ("before", "about", "question", "asked"),
    [
        ("do you take aetna?", "plan", "and for my kids?", "do you take aetna and for my kids?"),
        ("what about aetna", "plan", "and for my kids?", "do you take aetna and for my kids?"),
        ("¿aceptan aetna?", "plan", "¿y para mis hijos?", "¿aceptan aetna ¿y para mis hijos?"),
        ("how do i get my records", "", "and my son", "how do i get my records and my son"),
    ],
)
def test_the_same_is_asked_for_another_person(
    before: str, about: str, question: str, asked: str
) -> None:
    assert full(before, question, about) == asked


@pytest.mark.parametrize(
    "question",
    [
        "how do i pay my bill",
        "do you have parking",
        "what does aetna pay for a colonoscopy in another state for my sister who has medicaid too",
        "thanks",
        "and how long does that take",
        "cancel my cigna plan",
        "ok",
        "",
    ],
)
def test_a_question_with_a_subject_of_its_own_is_left_alone(question: str) -> None:
    assert full("do you take aetna", question, "plan") is None


def test_nothing_follows_up_on_an_answer_that_looks_up_nothing_of_the_kind() -> None:
    assert full("how do i pay my bill", "saturday?") is None
    assert full("", "and for my kids?") is None


def test_what_an_article_is_about_is_told_by_the_facts_in_it() -> None:
    assert lookups(["{{ lookup.plan }} Bring your card."]) == {"plan"}
    assert lookups(["These: {{ clinic.medicaid_plans }}", "{{ clinic.hours }}"]) == {"plan", "open"}
    assert lookups(["{{ clinic.service_imaging }} {{ clinic.phone }}"]) == {"service"}
    assert lookups(["Call {{ clinic.phone }}."]) == frozenset()


def test_a_question_is_resolved_against_the_last_article_served() -> None:
    content = starter_content()
    context = Context("en", last_article="accepts-plan", last_question="do you take my insurance")

    asked = resolved("what about cigna", context, NAMES, NOW, content)

    assert asked == "do you take cigna?"
    assert resolved("what about cigna", Context("en"), NAMES, NOW, content) == "what about cigna"
    gone = Context("en", last_article="no-such-article")
    assert resolved("what about cigna", gone, NAMES, NOW, content) == "what about cigna"


def test_the_last_question_is_not_shown_by_a_repr() -> None:
    assert "secret" not in repr(Last("secret")) + repr(Context("en", last_question="secret"))
