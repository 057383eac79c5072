"""Rasa's message processor, built by hand and given our store, channel and actions.

`rasa.core.agent.Agent` is not used: it wraps any store in one that fails open, and would answer
from an empty state while the real one is away.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from rasa.core.actions.action import Action as RasaAction
from rasa.core.actions.action import RemoteAction
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.core.lock_store import InMemoryLockStore
from rasa.core.nlg import NaturalLanguageGenerator
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.engine.loader import load_predict_graph_runner
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.storage import ModelMetadata
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.common import TempDirectoryPath, get_temp_dir_name
from rasa_sdk import Action

from bot.assistant.channel import TurnChannel
from bot.assistant.endpoint import CHANNEL, InProcessAction, InProcessEndpoint
from bot.assistant.runner import PlannedGraphRunner
from bot.assistant.store import SnapshotStore
from bot.assistant.turn import AssistantFailed, Guess, TurnInput, TurnOutput

CHOICE_INTENT = "choose_option"
# Every kind of space counts: Rasa strips them all before it looks for a slash.
COMMAND = re.compile(r"^[\s/]+")
MAX_ACTIONS = 6


class Processor(MessageProcessor):
    """One loaded model. Lives on the assistant's own loop."""

    def __init__(self, model: Path, actions: list[Action]):
        super().__init__(
            model_path=model,
            tracker_store=SnapshotStore(Domain.empty()),
            lock_store=InMemoryLockStore(),
            generator=NaturalLanguageGenerator.create(None, Domain.empty()),
            action_endpoint=InProcessEndpoint(actions),
            max_number_of_predictions=MAX_ACTIONS,
            on_circuit_break=_action_limit_reached,
        )
        self.store = SnapshotStore(self.domain)
        self.tracker_store = self.store
        self._custom_actions = frozenset(self.domain.user_actions)

    @staticmethod
    def _load_model(model_path: Path) -> tuple[str, ModelMetadata, GraphRunner]:
        """As Rasa loads an archive, with a runner that plans the graph once."""
        with TempDirectoryPath(get_temp_dir_name()) as folder:
            metadata, runner = load_predict_graph_runner(
                Path(folder), Path(model_path), LocalModelStorage, PlannedGraphRunner
            )
        return Path(model_path).name, metadata, runner

    def predict_next_with_tracker_if_should(
        self, tracker: DialogueStateTracker
    ) -> tuple[RasaAction, PolicyPrediction]:
        """As Rasa predicts, with custom actions run by `InProcessAction`.

        After one of them comes listening, by every rule there is; a test holds the rules to that,
        so the policies need not be asked.
        """
        if tracker.latest_action_name in self._custom_actions:
            return (
                self._get_action(ACTION_LISTEN_NAME),
                PolicyPrediction.for_action_name(self.domain, ACTION_LISTEN_NAME),
            )
        action, prediction = super().predict_next_with_tracker_if_should(tracker)
        if isinstance(action, RemoteAction):
            action = InProcessAction(action.name(), self.action_endpoint)
        return action, prediction

    async def respond(self, turn: TurnInput) -> TurnOutput:
        """Answer one message. Raises `AssistantFailed`; the caller decides what that means."""
        channel = TurnChannel()
        CHANNEL.set(channel)
        with self.store.turn(turn.conversation_id, turn.snapshot) as slot:
            await self.handle_message(_user_message(turn, channel))
            if channel.failures:
                raise AssistantFailed(channel.failures[0])
            if not channel.lines and not channel.effects:
                raise AssistantFailed("no_output")
            if slot.after is None:
                raise AssistantFailed("state_not_saved")
            return TurnOutput(tuple(channel.lines), tuple(channel.effects), slot.after)

    async def guesses(self, turn: TurnInput) -> tuple[Guess, ...]:
        """What kind of turn a message may be, likeliest first. Nothing is said or remembered.

        The first is what the rules go by: where no kind is likely enough, that there is none.
        """
        parsed = await self.parse_message(_user_message(turn, TurnChannel()))
        found = [parsed["intent"], *parsed.get("intent_ranking", ())]
        guesses = (Guess(one["name"] or "", float(one["confidence"])) for one in found)
        return tuple({guess.intent: guess for guess in guesses}.values())


def _action_limit_reached(
    tracker: DialogueStateTracker, channel: OutputChannel, nlg: NaturalLanguageGenerator
) -> None:
    CHANNEL.get().fail("action_limit")


def _user_message(turn: TurnInput, channel: TurnChannel) -> UserMessage:
    # Rasa reads a leading slash as a command that may set any intent and slot.
    text = COMMAND.sub("", turn.text) or " "
    return UserMessage(
        text=text,
        output_channel=channel,
        sender_id=turn.conversation_id,
        input_channel=channel.name(),
        parse_data=_decided(turn, text),
        metadata={"language": turn.language, "spoken_before": turn.spoken_before},
    )


def _decided(turn: TurnInput, text: str) -> dict[str, Any] | None:
    """Parse data for what is known already: composed here, never parsed from a patient's text."""
    if turn.choice:
        chosen = [{"entity": "option", "value": turn.choice}]
        return _parse_data(turn.choice, CHOICE_INTENT, chosen)
    return _parse_data(text, turn.intent, []) if turn.intent else None


def _parse_data(text: str, intent: str, entities: list[dict[str, str]]) -> dict[str, Any]:
    return {"text": text, "intent": {"name": intent, "confidence": 1.0}, "entities": entities}
