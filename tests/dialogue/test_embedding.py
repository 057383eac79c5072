"""Rasa embedded: its sharp edges, each covered."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.engine.runner.dask import DaskGraphRunner
from rasa_sdk import Action

from actions.support import in_process_actions
from bot.assistant.archive import verified_archive
from bot.assistant.channel import TurnChannel
from bot.assistant.endpoint import CHANNEL
from bot.assistant.processor import Processor, _user_message
from bot.assistant.turn import AssistantFailed, TurnInput, TurnOutput
from bot.settings import ROOT, Settings
from tests.starter import starter_knowledge

# Rasa and its libraries warn while they load and parse.
pytestmark = pytest.mark.filterwarnings("ignore")

QUESTIONS = (
    *("hi", "how do I read my EOB?", "and how much?", "that's not what I asked", "2", "yes", "no"),
    *("what are your hours", "I want to talk to a person", "blue refrigerator zzz", "thanks"),
    *("¿qué es un copago?", "no entiendo", "sí", "quiero una cita", "¿eres un robot?", "bill"),
)


@pytest.fixture(scope="module")
def processor() -> Processor:
    archive = verified_archive(Settings(_env_file=None).model_dir)
    return Processor(archive, in_process_actions(starter_knowledge()))


def turn(text: str, snapshot: dict[str, Any] | None = None, **values: Any) -> TurnInput:
    return TurnInput("conversation-1", text, "en", snapshot, **values)


async def converse(processor: Processor, texts: list[str]) -> list[TurnOutput]:
    """The conversation as Careline runs it: from snapshot to snapshot."""
    outputs: list[TurnOutput] = []
    for text in texts:
        before = outputs[-1].snapshot if outputs else None
        outputs.append(await processor.respond(turn(text, before)))
    return outputs


async def converse_with_history(processor: Processor, texts: list[str]) -> list[Any]:
    """The same conversation with Rasa's own store, which keeps every event."""
    said = []
    kept = processor.tracker_store
    processor.tracker_store = InMemoryTrackerStore(processor.domain)
    try:
        for text in texts:
            channel = TurnChannel()
            CHANNEL.set(channel)
            await processor.handle_message(_user_message(turn(text), channel))
            said.append((tuple(channel.lines), tuple(channel.effects)))
    finally:
        processor.tracker_store = kept
    return said


@hypothesis_settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(texts=st.lists(st.sampled_from(QUESTIONS), min_size=1, max_size=6))
def test_a_dialogue_cut_after_every_turn_goes_as_the_whole_one(
    processor: Processor, texts: list[str]
) -> None:
    cut = asyncio.run(converse(processor, texts))
    whole = asyncio.run(converse_with_history(processor, texts))
    assert [(one.lines, one.effects) for one in cut] == whole


def test_every_rule_is_one_kind_of_turn_and_one_action() -> None:
    for path in sorted((ROOT / "data" / "rules").glob("*.yml")):
        for rule in yaml.safe_load(path.read_text("utf-8"))["rules"]:
            kinds = [next(iter(step)) for step in rule["steps"]]
            assert kinds == ["intent", "action"], rule["rule"]


async def test_the_planned_graph_gives_what_rasas_own_runner_gives(processor: Processor) -> None:
    for text in QUESTIONS:
        message = _user_message(turn(text), TurnChannel())
        planned = await processor.parse_message(message)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(type(processor.graph_runner), "run", DaskGraphRunner.run)
            assert await processor.parse_message(message) == planned


@given(st.text(alphabet=st.sampled_from("/ \t\n\u00a0\u2003\u3000abc{}"), max_size=12))
def test_no_text_reaches_rasa_with_a_leading_slash(text: str) -> None:
    message = _user_message(turn(text), TurnChannel())
    assert not message.text.strip().startswith("/")


@pytest.mark.parametrize(
    "text", ["/restart", '/request_person{"x": 1}', "/\u00a0/EXTERNAL_reminder", "//session_start"]
)
async def test_a_command_is_only_words(processor: Processor, text: str) -> None:
    plain = await processor.respond(turn(text.replace("/", " ")))
    as_command = await processor.respond(turn(text))
    assert (as_command.lines, as_command.effects) == (plain.lines, plain.effects)


async def test_a_pressed_button_reaches_its_article_whatever_its_words(
    processor: Processor,
) -> None:
    output = await processor.respond(turn("anything at all", choice="eob"))
    assert output.lines[0].article is not None
    assert output.lines[0].article.slug == "eob"


async def test_a_clinical_question_is_never_answered(processor: Processor) -> None:
    output = await processor.respond(turn("how do I read my EOB?", intent="ask_clinical"))
    assert all(line.article is None for line in output.lines)
    assert [effect.model_dump()["reason"] for effect in output.effects] == ["clinical"]


async def test_guesses_stand_likeliest_first_each_once(processor: Processor) -> None:
    guesses = await processor.guesses(turn("I want to talk to a person"))
    sure = [guess.confidence for guess in guesses]

    assert guesses[0].intent == "request_person"
    assert sure == sorted(sure, reverse=True)
    assert len({guess.intent for guess in guesses}) == len(guesses)


async def test_what_no_kind_is_likely_enough_for_is_guessed_as_none(processor: Processor) -> None:
    guesses = await processor.guesses(turn("blue refrigerator zzz /restart"))

    assert guesses[0].intent == "nlu_fallback"


async def test_two_turns_of_one_conversation_at_once_are_refused(processor: Processor) -> None:
    with (
        processor.store.turn("conversation-1", None),
        pytest.raises(AssistantFailed, match="turn_in_progress"),
    ):
        await processor.respond(turn("hi"))


async def test_a_sender_that_no_turn_was_begun_for_is_kept_nowhere(processor: Processor) -> None:
    tracker = processor.store.init_tracker("stranger")
    with pytest.raises(AssistantFailed, match="unknown_sender"):
        await processor.store.save(tracker)
    with pytest.raises(AssistantFailed, match="unknown_sender"):
        await processor.store.retrieve("stranger")


class Raising(Action):
    """Fails while it works."""

    def name(self) -> str:
        return "action_answer_question"

    def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[dict[str, Any]]:
        raise ValueError(f"cannot handle {tracker.latest_message['text']}")


class Silent(Raising):
    """Says nothing."""

    def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[dict[str, Any]]:
        return []


class Unapproved(Raising):
    """Says what nobody approved."""

    def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[dict[str, Any]]:
        dispatcher.utter_message(text="made up")
        return []


class Pausing(Raising):
    """Wants Rasa to stop talking: a second truth about who owns the conversation."""

    def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[dict[str, Any]]:
        return [{"event": "pause"}]


class Endless(Raising):
    """Asks for itself again and again."""

    def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[dict[str, Any]]:
        return [{"event": "followup", "name": self.name()}]


@pytest.mark.parametrize(
    ("action", "cause"),
    [
        (Raising, "action_raised:ValueError"),
        (Silent, "no_output"),
        (Unapproved, "unapproved_text"),
        (Pausing, "action_reply_malformed"),
        (Endless, "action_reply_malformed"),
    ],
)
async def test_an_action_that_misbehaves_fails_the_turn_with_a_code(
    processor: Processor, action: Callable[[], Action], cause: str
) -> None:
    executor = processor.action_endpoint._executor
    kept = dict(executor.actions)
    executor.actions["action_answer_question"] = action().run
    try:
        with pytest.raises(AssistantFailed) as failed:
            await processor.respond(turn("how do I read my EOB?"))
    finally:
        executor.actions = kept
    assert failed.value.cause == cause
    assert "EOB" not in str(failed.value)


async def test_more_actions_than_a_turn_may_take_fail_it(processor: Processor) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(processor, "max_number_of_predictions", 1)
        patch.setattr(processor, "_custom_actions", frozenset())
        with pytest.raises(AssistantFailed, match="action_limit"):
            await processor.respond(turn("hi"))


async def test_the_last_turns_of_a_long_conversation_keep_no_more_than_the_first(
    processor: Processor,
) -> None:
    outputs = await converse(processor, ["how do I read my EOB?", "what are your hours"] * 20)
    assert len(str(outputs[-1].snapshot)) <= len(str(outputs[1].snapshot)) + 10
