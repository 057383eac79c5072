"""Turns that end with a person: asked for, complained to, booked with, or urgent."""

from __future__ import annotations

import pytest

from actions.affirm import Affirm
from actions.record_complaint import RecordComplaint
from actions.report_emergency import ReportEmergency
from actions.request_person import RequestPerson
from actions.route_clinical import RouteClinical
from actions.start_booking import StartBooking
from bot import texts
from bot.effects import Option, Priority, Reason
from bot.knowledge.outcomes import Clarify
from tests.actions.talk import Heard, say
from tests.fakes import FakeKnowledge, answer, needs_person


@pytest.mark.parametrize("text", ["human please", "quiero hablar con una persona"])
def test_a_person_asked_for_is_requested_at_once(text: str) -> None:
    heard = say(RequestPerson(FakeKnowledge()), text, intent="request_person")

    assert heard.handoff is not None
    assert heard.handoff.reason is Reason.ASKED


@pytest.mark.parametrize(
    "text",
    [
        "nobody called me back",
        "I'm still waiting for an answer",
        "nadie me ha llamado",
        "sigo esperando que me contesten",
    ],
)
def test_somebody_who_was_forgotten_is_followed_up(text: str) -> None:
    heard = say(RequestPerson(FakeKnowledge()), text, intent="request_person")

    assert heard.handoff is not None
    assert heard.handoff.reason is Reason.NO_FOLLOWUP


def test_a_wish_to_be_called_is_not_a_broken_promise() -> None:
    heard = say(RequestPerson(FakeKnowledge()), "please call me back", intent="request_person")

    assert heard.handoff is not None
    assert heard.handoff.reason is Reason.ASKED


def test_a_complaint_is_thanked_for_and_handed_over() -> None:
    heard = say(RecordComplaint(FakeKnowledge()), "you were rude", intent="complain")

    assert heard.handoff is not None
    assert heard.handoff.reason is Reason.COMPLAINT


def test_a_booking_takes_along_what_was_said() -> None:
    entities = {"visit_type": "physical", "date": "tuesday", "time": "morning", "money": "$5"}

    heard = say(StartBooking(FakeKnowledge()), "…", intent="book_visit", entities=entities)

    assert heard.handoff is not None
    assert heard.handoff.reason is Reason.BOOKING
    assert heard.handoff.details == {
        "visit_type": "physical",
        "date": "tuesday",
        "time": "morning",
    }


def test_who_asks_for_a_person_is_told_the_answer_too_where_it_is_sure() -> None:
    text = "let me talk to a person about how i get there"
    knowledge = FakeKnowledge({text: answer("address")})

    heard = say(RequestPerson(knowledge), text, intent="request_person")

    assert [line.article.slug if line.article else None for line in heard.lines] == [
        "address",
        None,
    ]
    assert heard.handoff is not None
    assert heard.handoff.reason is Reason.ASKED


def test_what_only_resembles_a_wish_for_a_person_is_answered() -> None:
    text = "can somebody come in with me"
    knowledge = FakeKnowledge({text: answer("companion")})

    heard = say(RequestPerson(knowledge), text, intent="request_person")

    assert heard.line.article is not None
    assert heard.handoff is None


@pytest.mark.parametrize(
    ("confidence", "likely", "asked"), [(0.5, 0.1, False), (0.97, 0.6, False), (0.97, 0.1, True)]
)
def test_a_choice_stands_in_for_a_person_where_it_is_likely_or_the_classifier_has_doubts(
    confidence: float, likely: float, asked: bool
) -> None:
    text = "somebody for the kids"
    choice = Clarify((Option(slug="a", title="A"), Option(slug="b", title="B")), likely)
    knowledge = FakeKnowledge({text: choice})

    heard = say(RequestPerson(knowledge), text, intent="request_person", confidence=confidence)

    assert (heard.handoff is not None) is asked


def test_a_question_that_only_sounds_like_a_complaint_is_answered() -> None:
    text = "they sent my kid home, what form was missing"
    knowledge = FakeKnowledge({text: answer("minor-consent")})

    heard = say(RecordComplaint(knowledge), text, intent="complain", confidence=0.6)

    assert heard.line.article is not None
    assert heard.handoff is None


def test_a_complaint_that_has_a_rule_is_told_it_and_goes_where_the_rule_says() -> None:
    text = "you treated me differently because of my race"
    ruled = needs_person("discrimination", Reason.LEGAL_PRIVACY)

    heard = say(RecordComplaint(FakeKnowledge({text: ruled})), text, intent="complain")

    assert heard.line.text == "The rule."
    assert heard.handoff is not None
    assert heard.handoff.reason is Reason.LEGAL_PRIVACY


def test_a_complaint_is_not_talked_away_with_an_answer() -> None:
    text = "your fees are a disgrace"

    heard = say(RecordComplaint(FakeKnowledge({text: answer("fees")})), text, intent="complain")

    assert heard.line.article is None
    assert heard.handoff is not None
    assert heard.handoff.reason is Reason.COMPLAINT


def test_a_booking_is_told_first_what_the_clinic_states_about_such_visits() -> None:
    text = "book me a sports physical on tuesday"
    knowledge = FakeKnowledge({text: answer("sports-physical")})

    heard = say(StartBooking(knowledge), text, intent="book_visit", entities={"date": "tuesday"})

    assert [line.article.slug if line.article else None for line in heard.lines] == [
        "sports-physical",
        None,
    ]
    assert heard.handoff is not None
    assert heard.handoff.reason is Reason.BOOKING


def test_who_names_no_day_is_told_about_the_visit_and_offered_somebody_who_books() -> None:
    text = "i want a sports physical"
    knowledge = FakeKnowledge({text: answer("sports-physical")})

    heard = say(StartBooking(knowledge), text, intent="book_visit")
    agreed = say(Affirm(knowledge), "yes", intent="affirm", slots=heard.slots)

    assert heard.handoff is None
    assert heard.lines[-1].fixed is not None
    assert heard.lines[-1].fixed.id == "assistant.offer_booking"
    assert agreed.handoff is not None
    assert agreed.handoff.reason is Reason.BOOKING


def test_a_booking_that_may_be_another_matter_is_asked_back_and_a_far_fetched_choice_is_not() -> (
    None
):
    text = "i need to move my visit"
    options = (Option(slug="reschedule", title="A"), Option(slug="book-visit", title="B"))

    def booked(likely: float) -> Heard:
        knowledge = FakeKnowledge({text: Clarify(options, likely)})
        return say(StartBooking(knowledge), text, intent="book_visit")

    assert booked(0.6).line.options == options
    assert booked(0.1).handoff is not None


def test_what_was_said_goes_along_when_an_article_asks_for_the_person() -> None:
    text = "move me up to tuesday"
    knowledge = FakeKnowledge({text: needs_person("earlier", Reason.BOOKING)})

    heard = say(StartBooking(knowledge), text, intent="book_visit", entities={"date": "tuesday"})

    assert heard.handoff is not None
    assert heard.handoff.details == {"date": "tuesday"}


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_clinical_question_gets_the_nurse_line_and_a_person(language: str) -> None:
    knowledge = FakeKnowledge(nurse_line_phone="(555) 010-7788")

    heard = say(RouteClinical(knowledge), "is it bad", intent="ask_clinical", language=language)

    assert heard.line.kind == "clinical"
    assert "(555) 010-7788" in heard.line.text
    assert heard.line.language == language
    assert heard.handoff is not None
    assert heard.handoff.reason is Reason.CLINICAL


@pytest.mark.parametrize(
    ("text", "answered"),
    [("can a woman examine me", True), ("how much tylenol can i take", False)],
)
def test_what_only_the_classifier_calls_clinical_gives_way_to_an_article(
    text: str, answered: bool
) -> None:
    knowledge = FakeKnowledge({text: answer("provider-gender")})

    heard = say(RouteClinical(knowledge), text, intent="ask_clinical", confidence=0.95)

    assert (heard.line.article is not None) is answered
    assert (heard.handoff is None) is answered


def test_what_the_gate_calls_clinical_is_never_answered() -> None:
    text = "can a woman examine me"
    knowledge = FakeKnowledge({text: answer("provider-gender")})

    heard = say(RouteClinical(knowledge), text, intent="ask_clinical", confidence=1.0)

    assert heard.line.kind == "clinical"


def test_without_a_nurse_line_the_clinical_text_has_no_hole() -> None:
    heard = say(RouteClinical(FakeKnowledge()), "is it bad", intent="ask_clinical")

    assert "{" not in heard.line.text
    assert "911" in heard.line.text


@pytest.mark.parametrize("language", ["en", "es"])
def test_an_emergency_the_gate_missed_gets_a_safety_text_and_an_urgent_case(language: str) -> None:
    heard = say(
        ReportEmergency(FakeKnowledge()),
        "something terrible xyzzy",
        intent="report_emergency",
        language=language,
    )

    assert "911" in heard.line.text
    assert heard.line.fixed is not None
    assert heard.line.fixed.id.startswith("safety.")
    assert heard.handoff is not None
    assert (heard.handoff.reason, heard.handoff.priority) == (Reason.EMERGENCY, Priority.URGENT)


@pytest.mark.parametrize(("confidence", "careful"), [(0.5, False), (0.97, True)])
def test_an_emergency_that_the_gate_does_not_see_gives_way_to_an_answer(
    confidence: float, careful: bool
) -> None:
    text = "what does the ER cost"
    knowledge = FakeKnowledge({text: answer("er-cost")})

    heard = say(ReportEmergency(knowledge), text, intent="report_emergency", confidence=confidence)

    assert heard.handoff is None
    assert heard.lines[0].article is not None
    assert ("911" in heard.lines[-1].text) is careful


def test_words_that_only_sound_dangerous_fetch_nobody_in_a_hurry() -> None:
    heard = say(
        ReportEmergency(FakeKnowledge()),
        "the xyzzy of this bill is killing me",
        intent="report_emergency",
        confidence=0.97,
    )

    assert heard.handoff is None
    assert "911" in heard.lines[-1].text


def test_danger_that_the_gate_sees_gives_way_to_nothing() -> None:
    text = "I want to kill myself"
    knowledge = FakeKnowledge({text: answer("counseling")})

    heard = say(ReportEmergency(knowledge), text, intent="report_emergency", confidence=0.5)

    assert "988" in heard.line.text


def test_a_crisis_gets_its_own_text() -> None:
    heard = say(
        ReportEmergency(FakeKnowledge()), "I want to kill myself", intent="report_emergency"
    )

    assert "988" in heard.line.text


@pytest.mark.parametrize("language", texts.LANGUAGES)
@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_for_a_person_has_words_in_both_languages(
    reason: Reason, language: str
) -> None:
    assert texts.get(f"assistant.person_{reason.value}", language).text
