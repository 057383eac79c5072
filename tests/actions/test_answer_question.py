"""A question and its five ends."""

from __future__ import annotations

from dataclasses import replace

import pytest

from actions.answer_question import AnswerQuestion
from bot.effects import Option, Reason, RecordGap, RecordMissingFact
from bot.knowledge.outcomes import Clarify, NeedsFact, NeedsPerson
from tests.actions.talk import say
from tests.fakes import FakeKnowledge, answer, article, needs_person

EOB = "how do I read my EOB?"
OPTIONS = (
    Option(slug="claim-denied", title="Why a claim was denied"),
    Option(slug="appeal", title="How to appeal"),
)


def test_an_answer_is_said_word_for_word_with_its_article() -> None:
    knowledge = FakeKnowledge({EOB: answer("eob", "The lead.", more="The rest.")})

    heard = say(AnswerQuestion(knowledge), EOB)

    assert (heard.line.kind, heard.line.text, heard.line.more) == (
        "answer",
        "The lead.",
        "The rest.",
    )
    assert heard.line.article == article("eob")
    assert heard.line.fixed is None
    assert heard.effects == []
    assert heard.slots["last_article"] == "eob"


def test_what_else_was_asked_is_offered_behind_the_answer() -> None:
    first = replace(answer("eob", "The lead."), also=OPTIONS[:1])

    heard = say(AnswerQuestion(FakeKnowledge({EOB: first})), EOB)

    assert [line.kind for line in heard.lines] == ["answer", "text"]
    assert heard.lines[1].options == OPTIONS[:1]
    assert heard.slots["options"] == ["claim-denied"]
    assert not heard.slots.get("clarified"), "the next unclear question may still be asked about"


def test_a_follow_up_is_asked_with_the_article_before_it_and_the_kind_of_question() -> None:
    knowledge = FakeKnowledge({"how much is that": answer("copay")})

    say(
        AnswerQuestion(knowledge),
        "how much is that",
        intent="ask_billing",
        slots={"last_article": "eob"},
    )

    question, context = knowledge.asked[0]
    assert question == "how much is that"
    assert (context.last_article, context.kind, context.may_clarify) == ("eob", "billing", True)


def test_an_unclear_message_is_looked_up_without_a_kind() -> None:
    knowledge = FakeKnowledge()

    say(AnswerQuestion(knowledge), "medicaid??", intent="nlu_fallback")

    assert knowledge.asked[0][1].kind is None


def test_an_answer_in_the_other_language_is_announced() -> None:
    question = "¿cómo leo mi EOB?"
    knowledge = FakeKnowledge({question: answer("eob", language="en", other_language=True)})

    heard = say(AnswerQuestion(knowledge), question, language="es")

    assert [line.language for line in heard.lines] == ["es", "en"]
    assert heard.lines[0].fixed is not None


@pytest.mark.parametrize(
    ("outdated", "text_id"),
    [
        (True, "assistant.other_language_outdated"),
        (False, "assistant.other_language"),
    ],
)
def test_a_rule_in_the_other_language_is_announced_before_a_person_takes_over(
    outdated: bool, text_id: str
) -> None:
    question = "¿puede ver mi cuenta?"
    rule = replace(
        needs_person("my-account", Reason.ACCOUNT), other_language=True, outdated=outdated
    )

    heard = say(AnswerQuestion(FakeKnowledge({question: rule})), question, language="es")

    assert [line.kind for line in heard.lines] == ["text", "answer"]
    assert heard.lines[0].fixed is not None
    assert heard.lines[0].fixed.id == text_id
    assert heard.handoff is not None


@pytest.mark.parametrize(
    ("outdated", "text_id"),
    [(True, "assistant.elsewhere_outdated"), (False, "assistant.elsewhere")],
)
def test_what_is_withheld_is_not_said_and_a_person_is_offered(outdated: bool, text_id: str) -> None:
    question = "¿cómo leo mi EOB?"
    rule = replace(
        needs_person("eob", Reason.NO_ANSWER, "English words."),
        other_language=True,
        outdated=outdated,
        withheld=True,
    )

    heard = say(AnswerQuestion(FakeKnowledge({question: rule})), question, language="es")

    assert heard.line.fixed is not None
    assert heard.line.fixed.id == text_id
    assert heard.handoff is None
    assert heard.slots["offered_person"] is True


def test_what_is_withheld_but_needs_a_person_anyway_is_handed_over_without_its_words() -> None:
    question = "¿puede ver mi cuenta?"
    rule = replace(
        needs_person("my-account", Reason.ACCOUNT, "English words."),
        other_language=True,
        withheld=True,
    )

    heard = say(AnswerQuestion(FakeKnowledge({question: rule})), question, language="es")

    assert heard.handoff is not None
    assert heard.handoff.reason is Reason.ACCOUNT
    assert all("English words." not in line.text for line in heard.lines)


def test_a_clarification_offers_real_articles_and_remembers_them() -> None:
    knowledge = FakeKnowledge({"denied": Clarify(OPTIONS)})

    heard = say(AnswerQuestion(knowledge), "denied")

    assert heard.line.kind == "clarify"
    assert heard.line.options == OPTIONS
    assert "2. How to appeal" in heard.shown[0]
    assert "How to appeal" not in heard.line.text
    assert heard.slots["options"] == ["claim-denied", "appeal"]
    assert heard.slots["clarified"] is True


def test_where_a_second_choice_in_a_row_would_be_due_a_person_takes_over() -> None:
    knowledge = FakeKnowledge({"denied": Clarify(OPTIONS)})
    before = {"clarified": True, "options": ["a", "b"]}

    heard = say(AnswerQuestion(knowledge), "denied", slots=before)

    assert heard.line.options == ()
    assert heard.handoff is not None
    assert heard.handoff.reason is Reason.REPEATED_FAILURE


@pytest.mark.parametrize(("likely", "said"), [(0.6, True), (0.2, False)])
def test_after_a_choice_a_fair_guess_is_said_and_a_poor_one_is_not(
    likely: float, said: bool
) -> None:
    first = OPTIONS[0].slug
    knowledge = FakeKnowledge({"denied": Clarify(OPTIONS, likely)}, {first: answer(first)})

    heard = say(AnswerQuestion(knowledge), "denied", slots={"clarified": True, "options": ["a"]})

    assert (heard.line.article is not None) is said
    assert (heard.handoff is None) is said


@pytest.mark.parametrize(("likely", "chosen"), [(0.65, True), (0.3, False)])
def test_a_likely_account_matter_needs_no_choice_since_a_person_follows(
    likely: float, chosen: bool
) -> None:
    first = OPTIONS[0].slug
    account = needs_person(first, Reason.ACCOUNT)
    knowledge = FakeKnowledge({"denied": Clarify(OPTIONS, likely)}, {first: account})

    heard = say(AnswerQuestion(knowledge), "denied")

    assert (heard.handoff is not None) is chosen
    assert bool(heard.line.options) is not chosen


def test_a_few_words_are_read_with_the_question_that_led_to_the_choice() -> None:
    knowledge = FakeKnowledge({"my bill. for the kids": answer("bill-for-child")})
    before = {"clarified": True, "options": ["bill-for-child", "b"], "last_question": "my bill"}

    heard = say(AnswerQuestion(knowledge), "for the kids", slots=before)

    assert heard.line.article is not None
    assert heard.line.article.slug == "bill-for-child"


def test_words_and_question_together_may_name_an_article_that_was_not_offered() -> None:
    knowledge = FakeKnowledge({"my bill. for the kids": answer("vaccines")})
    before = {"clarified": True, "options": ["a", "b"], "last_question": "my bill"}

    found = say(AnswerQuestion(knowledge), "for the kids", slots=before).line.article

    assert found is not None
    assert found.slug == "vaccines"


def test_what_both_together_name_again_is_no_answer_but_one_of_the_choices() -> None:
    both = "how do i get my records. is there a fee"
    before = {"last_article": "records", "last_question": "how do i get my records"}
    choice = FakeKnowledge({both: answer("records"), "is there a fee": Clarify(OPTIONS)})
    nothing = FakeKnowledge({both: answer("records")})

    offered = say(AnswerQuestion(choice), "is there a fee", slots=before)
    missed = say(AnswerQuestion(nothing), "is there a fee", slots=before)

    assert [one.slug for one in offered.line.options] == ["claim-denied", "appeal", "records"]
    assert missed.line.article is None


def test_a_longer_message_is_not_read_with_the_question_before() -> None:
    text = "i also want to know what the office does about late fees"
    knowledge = FakeKnowledge({f"my bill. {text}": answer("bill")})

    heard = say(AnswerQuestion(knowledge), text, slots={"last_question": "my bill"})

    assert heard.line.article is None


def test_after_a_clarification_the_title_of_an_option_chooses_it() -> None:
    knowledge = FakeKnowledge(
        articles={
            "claim-denied": answer("claim-denied", title="Why a claim was denied"),
            "appeal": answer("appeal", "Send a letter.", title="How to appeal"),
        }
    )
    before = {"clarified": True, "options": ["claim-denied", "appeal"]}

    heard = say(AnswerQuestion(knowledge), "the appeal", slots=before)

    assert heard.line.text == "Send a letter."
    assert "options" not in heard.slots
    assert "clarified" not in heard.slots


def test_a_fact_the_clinic_has_not_stated_goes_to_editors_and_to_a_person() -> None:
    outcome = NeedsFact(article("hours"), "clinic.hours")

    heard = say(AnswerQuestion(FakeKnowledge({"hours?": outcome})), "hours?")

    assert RecordMissingFact(key="clinic.hours", article="hours") in heard.effects
    assert heard.handoff is not None
    assert heard.handoff.reason is Reason.MISSING_FACT
    assert heard.handoff.topics == ("cov.hours",)


def test_account_questions_get_the_general_rule_and_a_person() -> None:
    outcome = NeedsPerson(
        Reason.ACCOUNT, article("balance"), "In general …", None, ("bil.balance",)
    )

    heard = say(AnswerQuestion(FakeKnowledge({"what do I owe": outcome})), "what do I owe")

    assert heard.line.article == article("balance")
    assert heard.handoff is not None
    assert (heard.handoff.reason, heard.handoff.topics) == (Reason.ACCOUNT, ("bil.balance",))


def test_a_person_is_named_with_a_fixed_text_when_there_is_no_general_rule() -> None:
    outcome = NeedsPerson(Reason.LEGAL_PRIVACY)

    heard = say(AnswerQuestion(FakeKnowledge({"my lawyer": outcome})), "my lawyer")

    assert heard.line.fixed is not None
    assert heard.line.fixed.id == "assistant.person_legal_privacy"
    assert heard.handoff is not None
    assert heard.handoff.reason is Reason.LEGAL_PRIVACY


def test_the_first_miss_says_so_and_offers_a_person() -> None:
    heard = say(AnswerQuestion(FakeKnowledge()), "xyzzy")

    assert heard.effects == [RecordGap(outcome="no_answer")]
    assert heard.slots["misses"] == 1
    assert heard.slots["offered_person"] is True


def test_the_second_miss_in_a_row_hands_off() -> None:
    heard = say(AnswerQuestion(FakeKnowledge()), "plugh", slots={"misses": 1})

    assert RecordGap(outcome="no_answer") in heard.effects
    assert heard.handoff is not None
    assert heard.handoff.reason is Reason.REPEATED_FAILURE
    assert "misses" not in heard.slots


def test_an_answer_between_two_misses_starts_the_count_again() -> None:
    knowledge = FakeKnowledge({EOB: answer("eob")})

    after = say(AnswerQuestion(knowledge), EOB, slots={"misses": 1}).slots
    heard = say(AnswerQuestion(knowledge), "xyzzy", slots=after)

    assert heard.handoff is None
    assert heard.slots["misses"] == 1
