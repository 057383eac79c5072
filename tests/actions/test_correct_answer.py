"""Not what was asked."""

from __future__ import annotations

import pytest

from actions.correct_answer import CorrectAnswer
from bot.effects import Option, Reason, RecordGap
from bot.knowledge.outcomes import Clarify
from tests.actions.talk import Heard, say
from tests.fakes import FakeKnowledge, answer

BEFORE = {"last_article": "eob", "last_question": "my statement"}
WRONG = RecordGap(outcome="not_what_i_asked", article="eob")


def correct(knowledge: FakeKnowledge, text: str, **slots: object) -> Heard:
    return say(CorrectAnswer(knowledge), text, intent="correct_answer", slots={**BEFORE, **slots})


def test_the_wrong_article_is_recorded_and_the_next_best_offered_after_one_apology() -> None:
    knowledge = FakeKnowledge({"my statement": answer("read-statement", "The next best.")})

    heard = correct(knowledge, "that's not what I asked")

    assert WRONG in heard.effects
    assert [line.text for line in heard.lines][1:] == ["The next best."]
    assert heard.lines[0].fixed is not None
    assert knowledge.asked[0][1].exclude == ("eob",)
    assert heard.slots["last_article"] == "read-statement"
    assert heard.slots["misses"] == 1


def test_what_the_correction_itself_asks_comes_first() -> None:
    text = "no, I meant dental insurance"
    knowledge = FakeKnowledge({text: answer("dental"), "my statement": answer("other")})

    assert correct(knowledge, text).slots["last_article"] == "dental"


@pytest.mark.parametrize("text", ["that's not what I asked", "eso no es lo que pregunté"])
def test_a_bare_correction_is_not_searched_for(text: str) -> None:
    knowledge = FakeKnowledge()

    correct(knowledge, text)

    assert [question for question, _ in knowledge.asked] == ["my statement"]


def test_before_anything_was_said_there_is_nothing_to_correct() -> None:
    text = "the link does not open"
    knowledge = FakeKnowledge({text: answer("video-trouble")})

    heard = say(CorrectAnswer(knowledge), text, intent="correct_answer")

    assert heard.line.article is not None
    assert heard.effects == []


@pytest.mark.parametrize(("confidence", "corrected"), [(0.5, False), (0.95, True)])
def test_a_weak_guess_at_a_correction_is_a_question_first(
    confidence: float, corrected: bool
) -> None:
    text = "is that the same as the out of pocket limit"
    knowledge = FakeKnowledge({text: answer("out-of-pocket")})

    heard = say(
        CorrectAnswer(knowledge), text, intent="correct_answer", slots=BEFORE, confidence=confidence
    )

    assert (WRONG in heard.effects) is corrected


def test_without_a_better_answer_a_person_is_asked() -> None:
    heard = correct(FakeKnowledge({"my statement": answer("eob")}), "wrong answer")

    assert heard.handoff is not None
    assert heard.handoff.reason is Reason.REPEATED_FAILURE
    assert WRONG in heard.effects


def test_a_second_correction_in_a_row_goes_to_a_person_without_another_try() -> None:
    knowledge = FakeKnowledge({"my statement": answer("read-statement")})

    heard = correct(knowledge, "no", misses=1)

    assert heard.handoff is not None
    assert knowledge.asked == []


def test_the_next_best_may_be_a_choice_unless_one_was_just_offered() -> None:
    choice = Clarify((Option(slug="a", title="A"), Option(slug="b", title="B")))
    knowledge = FakeKnowledge({"my statement": choice})

    offered = correct(knowledge, "wrong answer")
    again = correct(knowledge, "wrong answer", clarified=True)

    assert offered.lines[-1].kind == "clarify"
    assert offered.handoff is None
    assert again.handoff is not None


def test_the_first_words_of_a_chat_correct_nothing_and_are_looked_up() -> None:
    text = "question about my appt"
    heard = say(CorrectAnswer(FakeKnowledge()), text, intent="correct_answer", confidence=0.5)

    assert heard.handoff is None
    assert "sorry that this was not" not in heard.line.text


@pytest.mark.parametrize(("confidence", "reason"), [(0.98, Reason.REPEATED_FAILURE), (0.4, None)])
def test_first_words_that_surely_correct_and_ask_for_nothing_known_go_to_a_person(
    confidence: float, reason: Reason | None
) -> None:
    text = "no that is not what i asked and it keeps telling me something that does not help"

    heard = say(
        CorrectAnswer(FakeKnowledge({})), text, intent="correct_answer", confidence=confidence
    )

    assert (heard.handoff.reason if heard.handoff else None) == reason
