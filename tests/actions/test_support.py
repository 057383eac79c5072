"""What all actions share: language, state, and the way into rasa_sdk."""

from __future__ import annotations

import tomllib

import pytest
import yaml
from rasa_sdk import Action
from rasa_sdk.executor import ActionExecutor

from actions.answer_question import AnswerQuestion
from actions.report_emergency import ReportEmergency
from actions.small_talk import SmallTalk
from actions.support import State, in_process_actions
from bot import texts
from bot.effects import Reason
from bot.settings import ROOT
from tests.actions.talk import say
from tests.fakes import FakeKnowledge

DOMAIN = yaml.safe_load((ROOT / "domain.yml").read_text("utf-8"))


def test_the_gateways_language_counts() -> None:
    assert (
        say(SmallTalk(FakeKnowledge()), "hello", intent="greet", language="es").line.language
        == "es"
    )


def test_without_a_gateway_the_text_decides_and_a_bare_word_keeps_the_language() -> None:
    action = SmallTalk(FakeKnowledge())

    spanish = say(action, "hola buenos días", intent="greet", language=None)
    bare = say(action, "ok", intent="greet", language=None, slots=spanish.slots)

    assert spanish.line.language == "es"
    assert bare.line.language == "es"


@pytest.mark.parametrize("language", [None, "other"])
def test_a_third_language_gets_its_emergency_lines_and_an_interpreter(
    language: str | None,
) -> None:
    text = "Mwen bezwen yon randevou pou pitit mwen"

    heard = say(AnswerQuestion(FakeKnowledge()), text, language=language)

    assert heard.handoff is not None
    assert heard.handoff.reason is Reason.INTERPRETER
    assert heard.handoff.details == {"language": "ht"}
    own, ours = heard.lines
    assert own.language == "ht"
    assert "(tel:911)" in own.text
    assert "interpreter" in ours.text
    assert "intérprete" in ours.text


def test_a_language_without_words_of_its_own_reads_english_and_spanish() -> None:
    text = "ich brauche einen termin bei dem arzt"

    heard = say(AnswerQuestion(FakeKnowledge()), text, language="other")

    assert "intérprete" in heard.line.text
    assert heard.handoff is not None
    assert heard.handoff.details == {"language": "de"}


@pytest.mark.parametrize("spoken_before", texts.LANGUAGES)
def test_a_third_language_leaves_the_conversation_in_the_language_it_had(
    spoken_before: str,
) -> None:
    text = "ich brauche einen termin bei dem arzt"

    heard = say(
        AnswerQuestion(FakeKnowledge()), text, language="other", spoken_before=spoken_before
    )

    assert heard.line.language == spoken_before


def test_an_emergency_in_a_third_language_is_an_emergency_first() -> None:
    heard = say(ReportEmergency(FakeKnowledge()), "…", intent="report_emergency", language="other")

    assert heard.handoff is not None
    assert heard.handoff.reason is Reason.EMERGENCY


def test_every_field_of_the_state_is_a_slot_that_no_prediction_looks_at() -> None:
    slots = DOMAIN["slots"]

    assert set(slots) == set(State.__dataclass_fields__)
    assert all(slot["influence_conversation"] is False for slot in slots.values())


def test_the_in_process_actions_are_those_of_the_domain() -> None:
    actions = in_process_actions(FakeKnowledge())

    assert sorted(action.name() for action in actions) == sorted(DOMAIN["actions"])


def test_an_action_server_registers_the_same_actions() -> None:
    executor = ActionExecutor()
    executor.register_package("actions")

    assert set(executor.actions) >= set(DOMAIN["actions"])
    assert all(isinstance(one, Action) for one in in_process_actions(FakeKnowledge()))


def test_both_catalogues_have_the_same_texts_with_the_same_places() -> None:
    found = {
        language: tomllib.loads((texts.TEXTS_DIR / language / "assistant.toml").read_text("utf-8"))[
            "assistant"
        ]
        for language in texts.LANGUAGES
    }

    assert found["en"].keys() == found["es"].keys()
    assert all(
        texts.fields(found["en"][key]) == texts.fields(found["es"][key]) for key in found["en"]
    )


PERSON = {"en": "person", "es": "persona"}


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_every_text_shows_the_way_to_a_person(language: str) -> None:
    lacking = [
        text_id
        for text_id, text in texts.catalogue(language).items()
        if text_id.startswith("assistant.")
        and text_id not in {"assistant.sorry_wrong"}
        and not any(word in text for word in (PERSON[language], "our team", "nuestro equipo"))
    ]

    assert lacking == []
