"""Choosing among the articles just offered."""

from __future__ import annotations

import pytest

from actions.answer_question import AnswerQuestion
from actions.choices import by_place, is_none
from actions.choose_option import ChooseOption
from actions.report_emergency import ReportEmergency
from actions.small_talk import SmallTalk
from bot.knowledge.outcomes import Outcome
from tests.actions.talk import say
from tests.fakes import FakeKnowledge, answer

OFFERED: dict[str, Outcome] = {
    "claim-denied": answer("claim-denied", "first", title="Why a claim was denied"),
    "appeal": answer("appeal", "second", title="How to appeal a decision"),
    "prior-auth": answer("prior-auth", "third", title="What prior authorization is"),
}
BEFORE = {"options": list(OFFERED), "clarified": True}


def choose(text: str, **more: object) -> str:
    knowledge = FakeKnowledge(articles=OFFERED)
    action = ChooseOption(knowledge)
    return say(action, text, intent="choose_option", slots=BEFORE, **more).line.text  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        "2",
        "#2",
        "the second one",
        "number two please",
        "la segunda",
        "la 2",
        "quiero la opción dos",
    ],
)
def test_a_number_or_place_chooses_in_both_languages(text: str) -> None:
    assert choose(text) == "second"


@pytest.mark.parametrize(
    "text",
    ["teh secnd one", "la segnda", "opcion b", "2da", "numero 2 porfa", "the middle one", "ok 2"],
)
def test_typos_and_other_names_of_a_place_choose_too(text: str) -> None:
    assert choose(text) == "second"


@pytest.mark.parametrize("text", ["both", "all of them", "las dos", "cualquiera"])
def test_who_wants_more_than_one_reads_the_likeliest(text: str) -> None:
    assert choose(text) == "first"


@pytest.mark.parametrize(
    "text",
    [
        "none of these",
        "none",
        "neither one",
        "no, something else",
        "not those",
        "ninguna de esas",
        "ninguna me sirve",
        "no es eso, es otra cosa",
        "otra cosa",
    ],
)
def test_none_of_them_offers_a_person(text: str) -> None:
    knowledge = FakeKnowledge({text: answer("wrong")}, OFFERED)

    heard = say(AnswerQuestion(knowledge), text, intent="ask_billing", slots=BEFORE)

    assert heard.line.fixed is not None
    assert heard.line.fixed.id == "assistant.none_of_these"
    assert heard.slots["offered_person"] is True


@pytest.mark.parametrize(
    "text",
    [
        "thanks",
        "no",
        "what other plans do you take",
        "is there nothing else I can do about the denial letter they sent me",
        "the first bill I got was wrong",
    ],
)
def test_other_messages_choose_nothing(text: str) -> None:
    assert not is_none(text)
    assert by_place(text, 3) is None


def test_a_place_chooses_whatever_the_classifier_thought() -> None:
    heard = say(SmallTalk(FakeKnowledge(articles=OFFERED)), "la 2", intent="greet", slots=BEFORE)

    assert heard.line.text == "second"


def test_danger_is_never_read_as_a_choice() -> None:
    knowledge = FakeKnowledge(articles=OFFERED)

    heard = say(ReportEmergency(knowledge), "the second one", intent="report_emergency",
                slots=BEFORE)  # fmt: skip

    assert heard.line.article is None


@pytest.mark.parametrize("text", ["the last one", "la última", "third", "tercera"])
def test_the_last_place_chooses(text: str) -> None:
    assert choose(text) == "third"


@pytest.mark.parametrize("text", ["one", "the first one", "la primera", "uno", "the top one"])
def test_the_first_place_chooses(text: str) -> None:
    assert choose(text) == "first"


@pytest.mark.parametrize(
    "text", ["the authorization one", "prior authorization", "prior autorization", "authorizations"]
)
def test_words_of_one_title_choose_it(text: str) -> None:
    assert choose(text) == "third"


def test_a_pressed_button_chooses_whatever_was_offered_before() -> None:
    knowledge = FakeKnowledge(articles={"eob": answer("eob", "from the button")})

    heard = say(ChooseOption(knowledge), "eob", intent="choose_option", entities={"option": "eob"})

    assert heard.line.text == "from the button"


def test_a_number_beyond_the_list_is_a_miss_and_not_a_question() -> None:
    knowledge = FakeKnowledge({"4": answer("wrong")}, OFFERED)

    heard = say(ChooseOption(knowledge), "4", intent="choose_option", slots=BEFORE)

    assert heard.slots["misses"] == 1
    assert heard.handoff is None


def test_words_that_choose_nothing_are_asked_as_a_question_without_another_choice() -> None:
    text = "the one with parking"
    knowledge = FakeKnowledge({text: answer("parking", "Park behind the house.")}, OFFERED)

    heard = say(ChooseOption(knowledge), text, intent="choose_option", slots=BEFORE)

    assert heard.line.text == "Park behind the house."


def test_the_question_before_the_choice_is_kept_for_a_correction() -> None:
    knowledge = FakeKnowledge(articles=OFFERED)
    before = BEFORE | {"last_question": "denied"}

    heard = say(ChooseOption(knowledge), "1", intent="choose_option", slots=before)

    assert heard.slots["last_question"] == "denied"
    assert heard.slots["last_article"] == "claim-denied"
