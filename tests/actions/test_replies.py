"""Short turns: yes, no, courtesy, what the assistant is, and what is not ours."""

from __future__ import annotations

import pytest

from actions.affirm import Affirm
from actions.decline import Decline
from actions.default_fallback import DefaultFallback
from actions.deny import Deny
from actions.describe_assistant import DescribeAssistant
from actions.small_talk import SmallTalk
from bot.effects import EndConversation, Option, Reason, RecordGap, SetLanguage
from bot.knowledge.outcomes import Clarify
from tests.actions.talk import say
from tests.fakes import FakeKnowledge, answer


def test_yes_to_the_offer_of_a_person_asks_for_one() -> None:
    heard = say(Affirm(FakeKnowledge()), "yes", intent="affirm", slots={"offered_person": True})

    assert heard.handoff is not None
    assert heard.handoff.reason is Reason.ASKED
    assert "offered_person" not in heard.slots


def test_yes_to_nothing_asks_for_nobody() -> None:
    heard = say(Affirm(FakeKnowledge()), "yes", intent="affirm")

    assert heard.handoff is None


def test_yes_to_a_list_keeps_the_list() -> None:
    before = {"options": ["a", "b"], "clarified": True}

    heard = say(Affirm(FakeKnowledge()), "yes", intent="affirm", slots=before)

    assert heard.slots["options"] == ["a", "b"]
    assert heard.line.options == ()


def test_no_to_the_offer_of_a_person_is_respected() -> None:
    before = {"offered_person": True, "misses": 1}

    heard = say(Deny(FakeKnowledge()), "no", intent="deny", slots=before)

    assert heard.handoff is None
    assert "offered_person" not in heard.slots


def test_none_of_the_options_is_a_failed_clarification() -> None:
    before = {"options": ["a", "b"], "clarified": True, "last_question": "denied"}

    heard = say(Deny(FakeKnowledge()), "none of those", intent="deny", slots=before)

    assert heard.effects == [RecordGap(outcome="clarify")]
    assert heard.slots["offered_person"] is True
    assert heard.slots["misses"] == 1
    assert heard.slots["last_question"] == "denied"


@pytest.mark.parametrize("intent", ["greet", "thank", "goodbye"])
@pytest.mark.parametrize("language", ["en", "es"])
def test_courtesy_has_a_text_of_its_own(intent: str, language: str) -> None:
    heard = say(SmallTalk(FakeKnowledge()), "…", intent=intent, language=language)

    assert heard.line.fixed is not None
    assert heard.line.fixed.id == f"assistant.{intent}"
    assert (heard.line.kind, heard.line.language) == ("chitchat", language)


def test_a_goodbye_ends_the_conversation_and_thanks_do_not() -> None:
    goodbye = say(SmallTalk(FakeKnowledge()), "bye", intent="goodbye")
    thanks = say(SmallTalk(FakeKnowledge()), "thanks", intent="thank")

    assert goodbye.effects == [EndConversation()]
    assert thanks.effects == []


def test_thanks_do_not_forget_what_was_talked_about() -> None:
    heard = say(SmallTalk(FakeKnowledge()), "thanks", intent="thank", slots={"last_article": "eob"})

    assert heard.slots["last_article"] == "eob"


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "automated assistant, not a person"), ("es", "asistente automático, no una persona")],
)
def test_the_assistant_never_passes_for_a_person(language: str, words: str) -> None:
    heard = say(DescribeAssistant(FakeKnowledge()), "…", intent="ask_assistant", language=language)

    assert words in heard.line.text


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        ("can you answer in spanish", "en", "es"),
        ("en español por favor", "es", "es"),
        ("¿puede hablar en inglés?", "es", "en"),
        ("english please", "en", "en"),
    ],
)
def test_a_language_asked_for_is_spoken_and_kept(text: str, before: str, after: str) -> None:
    heard = say(DescribeAssistant(FakeKnowledge()), text, intent="ask_assistant", language=before)

    assert heard.line.language == after
    assert [effect for effect in heard.effects if isinstance(effect, SetLanguage)] == [
        SetLanguage(language=after)
    ]


def test_asking_for_both_languages_changes_none() -> None:
    text = "do you speak english or spanish"

    assert say(DescribeAssistant(FakeKnowledge()), text, intent="ask_assistant").effects == []


def test_what_is_not_ours_is_declined() -> None:
    heard = say(Decline(FakeKnowledge()), "tell me a joke", intent="out_of_scope")

    assert heard.line.kind == "decline"
    assert heard.effects == []


def test_an_article_that_answers_beats_a_refusal_and_a_guess_does_not() -> None:
    guess = Clarify((Option(slug="a", title="A"), Option(slug="b", title="B")))
    knowledge = FakeKnowledge({"portal locked": answer("portal"), "a joke": guess})

    answered = say(Decline(knowledge), "portal locked", intent="out_of_scope")
    declined = say(Decline(knowledge), "a joke", intent="out_of_scope")

    assert answered.line.kind == "answer"
    assert declined.line.kind == "decline"


def test_no_rule_at_all_is_a_miss_and_the_second_in_a_row_hands_off() -> None:
    first = say(DefaultFallback(FakeKnowledge()), "…", intent="greet")
    second = say(DefaultFallback(FakeKnowledge()), "…", intent="greet", slots=first.slots)

    assert first.handoff is None
    assert second.handoff is not None
    assert second.handoff.reason is Reason.REPEATED_FAILURE


def test_a_courtesy_stays_a_courtesy_and_a_question_behind_it_is_answered() -> None:
    text = "hi there, do you take walk ins"
    knowledge = FakeKnowledge({"thanks": answer("thanks"), text: answer("walk-ins")})

    polite = say(SmallTalk(knowledge), "thanks", intent="thank")
    asked = say(SmallTalk(knowledge), text, intent="greet")

    assert polite.line.article is None
    assert asked.line.article is not None
    assert asked.line.article.slug == "walk-ins"


def test_a_doubtful_courtesy_is_looked_up_however_short() -> None:
    text = "earliest time please"
    knowledge = FakeKnowledge({text: answer("same-day")})

    sure = say(SmallTalk(knowledge), text, intent="thank", confidence=0.99)
    doubtful = say(SmallTalk(knowledge), text, intent="thank", confidence=0.5)

    assert sure.line.article is None
    assert doubtful.line.article is not None


@pytest.mark.parametrize(("likely", "offered"), [(0.6, True), (0.2, False)])
def test_what_may_be_none_of_our_business_is_asked_back_where_a_choice_is_likely(
    likely: float, offered: bool
) -> None:
    options = (Option(slug="a", title="A"), Option(slug="b", title="B"))
    knowledge = FakeKnowledge({"an estimate": Clarify(options, likely)})

    heard = say(Decline(knowledge), "an estimate", intent="out_of_scope", confidence=0.6)

    assert bool(heard.line.options) is offered


def test_what_an_article_says_of_the_chat_beats_the_general_description() -> None:
    text = "who can read what i write here"
    knowledge = FakeKnowledge({text: answer("chat-privacy")})

    heard = say(DescribeAssistant(knowledge), text, intent="ask_assistant")

    assert heard.line.article is not None
    assert heard.line.article.slug == "chat-privacy"


def test_yes_to_the_only_answer_offered_chooses_it() -> None:
    knowledge = FakeKnowledge(articles={"eob": answer("eob", "It is not a bill.")})

    heard = say(Affirm(knowledge), "yes", intent="affirm", slots={"options": ["eob"]})

    assert heard.line.text == "It is not a bill."


def test_no_to_an_offer_after_an_answer_is_no_failed_choice() -> None:
    heard = say(Deny(FakeKnowledge()), "no", intent="deny", slots={"options": ["eob"]})

    assert heard.line.fixed is not None
    assert heard.line.fixed.id == "assistant.denied"
    assert "misses" not in heard.slots
