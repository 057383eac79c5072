"""People first: words that need a person find one, whatever the classifier thought they were."""

from __future__ import annotations

import pytest

from actions.answer_question import AnswerQuestion
from actions.choose_option import ChooseOption
from actions.people import angry, due
from actions.route_clinical import RouteClinical
from actions.small_talk import SmallTalk
from bot.effects import Option, Reason
from bot.knowledge.outcomes import Clarify, Outcome
from bot.safety.books import people, read_phrases
from bot.safety.grammar import PatternError
from bot.safety.pattern import Tape
from tests.actions.talk import Heard, say
from tests.fakes import FakeKnowledge, answer, needs_person


def ask(text: str, knowledge: FakeKnowledge | None = None, **more: object) -> Heard:
    return say(AnswerQuestion(knowledge or FakeKnowledge()), text, **more)  # type: ignore[arg-type]


def reason_of(text: str, knowledge: FakeKnowledge | None = None) -> Reason | None:
    handoff = ask(text, knowledge).handoff
    return handoff.reason if handoff else None


@pytest.mark.parametrize(
    "rule", people().book.rules, ids=lambda rule: f"{rule.language}-{rule.example}"[:60]
)
def test_every_pattern_finds_its_own_example(rule) -> None:  # type: ignore[no-untyped-def]
    words = people().book.normaliser.words(rule.example)
    if rule.tier == "none":
        assert rule.ends(Tape(words, loose=False))
    else:
        assert rule.category in people().meanings(rule.example)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("who runs this place, I want to speak with your office manager", Reason.ASKED),
        ("enough with the bot, put me through to reception", Reason.ASKED),
        ("ya no quiero robots, páseme con la muchacha de citas", Reason.ASKED),
        ("the nurse yelled at my mother in front of everyone", Reason.COMPLAINT),
        ("la doctora me trató como si fuera tonta", Reason.COMPLAINT),
        ("you mailed me another patient's lab results", Reason.LEGAL_PRIVACY),
        ("me llegó la factura de otro señor", Reason.LEGAL_PRIVACY),
        ("our attorney will be requesting the chart", Reason.LEGAL_PRIVACY),
        ("voy a demandarlos por negligencia", Reason.LEGAL_PRIVACY),
        ("left three voicemails and nobody has returned my call", Reason.NO_FOLLOWUP),
        ("la enfermera quedó en marcarme ayer y nunca me llamó", Reason.NO_FOLLOWUP),
        ("my dad only speaks Hmong, we need an interpreter", Reason.INTERPRETER),
        ("necesitamos un traductor de mam para mi suegra", Reason.INTERPRETER),
        ("could you pull up my account and check the last payment", Reason.ACCOUNT),
        ("me puede revisar mi cuenta, no cuadra el saldo", Reason.ACCOUNT),
        ("you keep repeating the same thing", Reason.REPEATED_FAILURE),
    ],
)
def test_the_reason_is_in_the_words(text: str, reason: Reason) -> None:
    assert reason_of(text) is reason


@pytest.mark.parametrize(
    "text",
    [
        "can I cancel without talking to a person",
        "how do I find an insurance agent",
        "does humana pay for human growth hormone",
        "can my sister pick up my records with a signed form",
        "how long until my insurance calls me back about the appeal",
        "I'm tired of my insurance denying everything",
        "who can see my records",
        "can I be sued for a medical bill",
        "do you have interpreters",
        "is the doctor who speaks Spanish in on Monday",
        "¿puedo cancelar sin hablar con alguien?",
        "una persona sin papeles puede ir a la clínica",
        "mi seguro nunca me contestó la apelación",
        "quién puede ver mi expediente",
        "¿me pueden demandar por una cuenta médica?",
        "¿qué idiomas hablan los doctores?",
    ],
)
def test_an_ordinary_question_asks_for_nobody(text: str) -> None:
    assert due(text) is None


def test_of_several_reasons_the_weightiest_is_told() -> None:
    text = "let me talk to a manager, you sent me someone else's bill"
    assert reason_of(text) is Reason.LEGAL_PRIVACY


def test_who_was_wronged_is_heard_and_not_informed() -> None:
    text = "nobody called me back about my results"
    heard = ask(text, FakeKnowledge({text: answer("test-results")}))

    assert heard.line.article is None
    assert heard.handoff is not None
    assert heard.handoff.reason is Reason.NO_FOLLOWUP


def test_the_rule_for_a_wrong_is_said_before_the_person() -> None:
    text = "you mailed me someone else's bill"
    ruled = needs_person("privacy-breach", Reason.LEGAL_PRIVACY)

    assert ask(text, FakeKnowledge({text: ruled})).line.text == "The rule."


def test_an_article_that_ends_with_a_lesser_reason_gives_way_to_what_was_said() -> None:
    text = "this bill has somebody else's name on it"
    ruled = needs_person("wrong-patient", Reason.ACCOUNT)

    assert reason_of(text, FakeKnowledge({text: ruled})) is Reason.LEGAL_PRIVACY


def test_who_asks_for_an_interpreter_reads_how_it_works_too() -> None:
    text = "my mother needs an interpreter for her visit"
    heard = ask(text, FakeKnowledge({text: answer("interpreter")}))

    assert [bool(line.article) for line in heard.lines] == [True, False]
    assert heard.handoff is not None
    assert heard.handoff.reason is Reason.INTERPRETER


def test_who_reports_a_wrong_reads_the_rule_for_it_among_several_articles() -> None:
    text = "you mailed me someone else's bill"
    options = (Option(slug="wrong-patient", title="A"), Option(slug="privacy-breach", title="B"))
    rules: dict[str, Outcome] = {
        "wrong-patient": needs_person("wrong-patient", Reason.ACCOUNT, "Not this."),
        "privacy-breach": needs_person("privacy-breach", Reason.LEGAL_PRIVACY),
    }

    heard = ask(text, FakeKnowledge({text: Clarify(options, 0.5)}, rules))

    assert heard.line.text == "The rule."
    assert heard.handoff is not None
    assert heard.handoff.reason is Reason.LEGAL_PRIVACY


def test_who_waits_in_vain_reads_what_a_person_will_look_at() -> None:
    text = "I sent the form and I have not heard back from the office"
    ruled = needs_person("assistance-status", Reason.ACCOUNT)

    heard = ask(text, FakeKnowledge({text: ruled}))

    assert heard.line.text == "The rule."
    assert heard.handoff is not None
    assert heard.handoff.reason is Reason.NO_FOLLOWUP


@pytest.mark.parametrize("text", ["stupid robot", "pinche robot"])
def test_rude_words_get_a_calm_line_and_the_offer_of_a_person_then_one(text: str) -> None:
    first = ask(text)
    again = say(AnswerQuestion(FakeKnowledge()), text, slots=first.slots)

    assert first.line.kind == "chitchat"
    assert first.slots["offered_person"] is True
    assert first.handoff is None
    assert again.handoff is not None


def test_rude_words_around_a_question_do_not_keep_the_answer_away() -> None:
    text = "fuck you, when do you open"

    assert ask(text, FakeKnowledge({text: answer("hours")})).line.article is not None


@pytest.mark.parametrize(
    "text",
    [
        "where do I file a complaint about my insurance with the state",
        "quiero quejarme de mi seguro",
        "will there be an interpreter at my appointment",
        "va a haber intérprete en mi cita",
        "how do I stop the automatic payments",
        "hay alguien que me ayude a escoger un plan",
    ],
)
def test_what_only_asks_about_people_and_complaints_is_a_question(text: str) -> None:
    assert due(text) is None


def test_a_complaint_in_a_greeting_is_a_complaint() -> None:
    heard = say(SmallTalk(FakeKnowledge()), "hi, your receptionist was so rude", intent="greet")

    assert heard.handoff is not None
    assert heard.handoff.reason is Reason.COMPLAINT


def test_anger_alone_brings_a_person() -> None:
    assert angry("I am so fed up with you people")
    assert reason_of("I am so fed up with you people") is Reason.COMPLAINT


def test_anger_around_a_question_does_not_keep_the_answer_away() -> None:
    text = "qué coraje, cobran por sentarse en un cuarto, ¿de qué es ese cargo?"
    heard = ask(text, FakeKnowledge({text: answer("facility-fee")}), language="es")

    assert heard.line.article is not None
    assert heard.handoff is None


def test_a_choice_is_not_offered_to_somebody_who_is_angry() -> None:
    text = "I'm so mad at you people about this"
    choice = Clarify((Option(slug="a", title="A"), Option(slug="b", title="B")))

    assert reason_of(text, FakeKnowledge({text: choice})) is Reason.COMPLAINT


@pytest.mark.parametrize(
    ("intent", "likeliest", "reason"),
    [
        ("complain", Reason.LEGAL_PRIVACY, Reason.LEGAL_PRIVACY),
        ("complain", Reason.ACCOUNT, None),
        ("ask_records", Reason.LEGAL_PRIVACY, None),
    ],
)
def test_a_choice_that_begins_with_a_wrong_is_handed_over_unasked(
    intent: str, likeliest: Reason, reason: Reason | None
) -> None:
    text = "something odd came in the mail"
    choice = Clarify((Option(slug="first", title="A"), Option(slug="second", title="B")))
    knowledge = FakeKnowledge({text: choice}, {"first": needs_person("first", likeliest)})

    heard = ask(text, knowledge, intent=intent)

    assert (heard.handoff.reason if heard.handoff else None) is reason


def test_a_clinical_question_stays_with_clinicians_whoever_is_asked_for() -> None:
    heard = say(
        RouteClinical(FakeKnowledge()), "I need a human, is my dose too high", intent="ask_clinical"
    )

    assert heard.handoff is not None
    assert heard.handoff.reason is Reason.CLINICAL


def test_a_pressed_button_is_not_read_as_words() -> None:
    knowledge = FakeKnowledge(articles={"complaint": answer("complaint")})
    heard = say(
        ChooseOption(knowledge),
        "I want to file a complaint",
        intent="choose_option",
        entities={"option": "complaint"},
    )

    assert heard.handoff is None


def test_a_pattern_that_cannot_be_read_names_its_line(tmp_path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "book").mkdir()
    line = '{"means": "asked", "language": "en", "pattern": "(open", "example": "open"}'
    (tmp_path / "book" / "phrases.jsonl").write_text(line + "\n", "utf-8")

    with pytest.raises(PatternError, match=r"book/phrases\.jsonl, line 1"):
        read_phrases("book", tmp_path)
