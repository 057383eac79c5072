"""A line of sympathy: where it is due, once, and never where safety or an apology speaks."""

from __future__ import annotations

from typing import Any

import pytest

from actions.answer_question import AnswerQuestion
from actions.correct_answer import CorrectAnswer
from actions.route_clinical import RouteClinical
from actions.small_talk import SmallTalk
from actions.tone import SITUATIONS, phrases, situation
from bot import texts
from bot.effects import ArticleRef
from bot.knowledge.outcomes import Answer, Outcome
from bot.safety.pattern import Tape
from tests.actions.talk import Heard, say
from tests.fakes import FakeKnowledge


def about(topic: str) -> Outcome:
    """An answer about that topic."""
    ref = ArticleRef(slug="x", version_id=1, language="en", title="X", topics=(topic,))
    return Answer(ref, "The approved lead.", None, 0.9)


def ask(text: str, topic: str, **more: Any) -> Heard:
    return say(AnswerQuestion(FakeKnowledge({text: about(topic)})), text, **more)


def comfort(heard: Heard) -> str | None:
    first = heard.lines[0].fixed
    return first.id.removeprefix("empathy.") if first and "empathy" in first.id else None


@pytest.mark.parametrize(
    "rule", phrases().book.rules, ids=lambda rule: f"{rule.language}-{rule.example}"[:60]
)
def test_every_pattern_finds_its_own_example(rule) -> None:  # type: ignore[no-untyped-def]
    words = phrases().book.normaliser.words(rule.example)
    assert rule.ends(Tape(words))
    assert rule.category in phrases().meanings(rule.example)


@pytest.mark.parametrize(
    ("text", "topic", "expected"),
    [
        ("my wife passed away in May and now her bill came", "bil.deceased", "death"),
        ("se murió mi papá y sigue llegando su cuenta", "bil.deceased", "death"),
        ("they refused my MRI, what now", "cov.prior_auth_denied", "denial"),
        ("me rechazaron la cirugía, ¿qué hago?", "cov.claim_denied", "denial"),
        ("I lost my job and there is no way I can pay this", "bil.cant_pay", "debt"),
        ("no me alcanza para pagar la cuenta", "bil.cant_pay", "debt"),
        ("it has been three months, where is my referral", "cov.referral_status", "wait"),
        ("¿por qué tardan tanto con mi resurtido?", "apt.refill_status", "wait"),
        ("I'm terrified of the scan, can my sister come", "apt.companion", "fear"),
        ("me da mucho miedo la operación, ¿puede venir mi hija?", "apt.companion", "fear"),
        ("I'm at my wits end with this denial", "cov.appeal_internal", "denial"),
        ("ya no sé qué hacer con estos cobros", "bil.cant_pay", "debt"),
    ],
)
def test_the_words_and_the_answer_say_what_moves_the_patient(
    text: str, topic: str, expected: str
) -> None:
    assert comfort(ask(text, topic)) == expected


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("how do I appeal", "cov.appeal_internal"),
        ("what does denied mean", "cov.claim_denied"),
        ("they said no to my refund", "bil.refund"),
        ("can I pay online", "bil.pay_online"),
        ("do I lose my mom's plan at 26", "cov.under_26"),
        ("how long do I wait for results", "apt.results_where"),
        ("¿cuánto cuesta una consulta?", "bil.price_visit"),
        ("my phone died during the video visit", "apt.telehealth_tech"),
    ],
)
def test_an_ordinary_question_is_only_answered(text: str, topic: str) -> None:
    assert comfort(ask(text, topic)) is None


def test_the_answer_follows_the_sympathy() -> None:
    heard = ask("my mother died, what about her bill", "bil.deceased")

    assert [line.text for line in heard.lines][1:] == ["The approved lead."]


def test_no_line_is_said_twice_in_a_conversation() -> None:
    text = "I'm so scared about this"
    first = ask(text, "apt.companion")
    again = ask(text, "apt.companion", slots=first.slots)
    other = ask("my father died", "bil.deceased", slots=again.slots)

    assert comfort(first) == "fear"
    assert comfort(again) is None
    assert comfort(other) == "death"
    assert other.slots["comforted"] == ["fear", "death"]


def test_of_two_situations_only_the_weightier_is_named() -> None:
    heard = ask("my husband died and I'm scared of his bills", "bil.deceased")

    assert comfort(heard) == "death"
    assert len(heard.lines) == 2


def test_what_was_said_survives_small_talk() -> None:
    slots = say(SmallTalk(FakeKnowledge()), "ok", intent="thank", slots={"comforted": ["fear"]})

    assert slots.slots["comforted"] == ["fear"]


def test_a_clinical_text_stands_alone() -> None:
    heard = say(RouteClinical(FakeKnowledge()), "I'm scared, is this bad", intent="ask_clinical")

    assert comfort(heard) is None


@pytest.mark.parametrize("lead", ["I'm sorry, that is hard. You can …", "Lo siento mucho. Puede …"])
def test_an_article_that_begins_with_sympathy_needs_no_more(lead: str) -> None:
    text = "I lost my job and can't pay"
    ref = ArticleRef(slug="x", version_id=1, language="en", title="X", topics=("bil.cant_pay",))
    heard = say(AnswerQuestion(FakeKnowledge({text: Answer(ref, lead, None, 0.9)})), text)

    assert [line.text for line in heard.lines] == [lead]


def test_an_apology_is_not_doubled() -> None:
    complained = ask("I'm so upset, your nurse yelled at me and I was scared", "apt.x")
    text = "wrong, I'm scared about the bill and that is no answer"
    corrected = say(
        CorrectAnswer(FakeKnowledge({text: about("bil.x")})), text, intent="correct_answer"
    )

    assert comfort(complained) is None
    assert comfort(corrected) is None


def test_nothing_is_said_where_nothing_is_answered() -> None:
    assert comfort(say(AnswerQuestion(FakeKnowledge()), "I'm scared")) is None


@pytest.mark.parametrize("language", texts.LANGUAGES)
@pytest.mark.parametrize("name", SITUATIONS)
def test_every_situation_has_a_line_that_promises_nothing(name: str, language: str) -> None:
    words = texts.get(f"empathy.{name}", language).text

    assert "?" not in words
    assert len(words.split()) <= 22


def test_distress_without_a_subject_is_fear() -> None:
    assert situation("I don't know what to do", []) == "fear"
