"""What every action has in common: the turn it reads, the state it keeps, the replies it gives.

Actions only read. What they say goes out as a `Reply`, what they want changed as effects in it;
the little they remember lives in slots that no prediction looks at.
"""

from __future__ import annotations

import importlib
import pkgutil
from abc import ABC, abstractmethod
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from typing import Any, Protocol

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot import texts
from bot.effects import Effect, Line, Reason, Reply, RequestHandoff
from bot.knowledge.outcomes import Context, Outcome
from bot.language.identify import language_of


class Facts(Protocol):
    """What is true of the clinic."""

    def display(self, key: str, language: str) -> str | None:
        """The fact in the language's words; None when the clinic has not stated it."""


class KnowledgeBase(Protocol):
    """The knowledge that actions read. Synchronous: the index is immutable and in memory."""

    @property
    def profile(self) -> Facts:
        """The clinic profile."""

    def answer(self, question: str, context: Context) -> Outcome:
        """How the question ends: exactly one outcome."""

    def article(self, slug: str, context: Context) -> Outcome:
        """The same for an article that is already chosen; `NoAnswer` when it is not served."""


@cache
def standalone_knowledge() -> KnowledgeBase:
    """The knowledge for `rasa run actions`, loaded at the first need."""
    from bot.knowledge.following import standalone

    found: KnowledgeBase = standalone()
    return found


@dataclass(frozen=True, slots=True)
class State:
    """What is remembered until the next turn. Each field is a slot of the same name.

    `misses` counts turns in a row without an answer, `options` are the slugs just offered,
    `clarified` says that the last turn was a clarification, `offered_person` that it ended with
    the question whether a person should help (the reason, where there is one to name),
    `comforted` are the lines of sympathy already said.
    """

    misses: int | None = None
    last_article: str | None = None
    last_question: str | None = field(default=None, repr=False)
    options: list[str] | None = None
    clarified: bool | None = None
    offered_person: bool | str | None = None
    language: str | None = None
    comforted: list[str] | None = None

    def settled(self) -> State:
        """After a turn that ended well: the thread goes on, counts and offers do not."""
        return State(
            last_article=self.last_article,
            last_question=self.last_question,
            language=self.language,
            comforted=self.comforted,
        )


@dataclass(frozen=True, slots=True)
class Turn:
    """One patient message, as an action sees it."""

    text: str = field(repr=False)
    language: str
    foreign: bool
    intent: str | None
    entities: dict[str, str] = field(repr=False)
    before: State
    confidence: float = 1.0

    def context(self, **changes: Any) -> Context:
        """The context of a question asked in this turn."""
        context = Context(
            language=self.language,
            last_article=self.before.last_article,
            last_question=self.before.last_question,
            may_clarify=not self.before.clarified,
            kind=(self.intent or "").removeprefix("ask_") if self._is_question else None,
        )
        return replace(context, **changes)

    @property
    def pressed(self) -> bool:
        """Whether the message is a button, whose words are not the patient's."""
        return "option" in self.entities

    @property
    def _is_question(self) -> bool:
        return (self.intent or "").startswith("ask_")


@dataclass(frozen=True, slots=True)
class Said:
    """What an action answers, and the state it leaves."""

    replies: tuple[Reply, ...]
    after: State


class CarelineAction(Action, ABC):
    """An action that answers a `Turn` with `Said`."""

    # Whether a message in a third language is answered with an interpreter instead.
    needs_language = True
    # Whether danger or medicine is spoken of, which nothing else in the message outweighs.
    decided = False

    def __init__(self, knowledge: KnowledgeBase | None = None):
        self._knowledge = knowledge

    @property
    def knowledge(self) -> KnowledgeBase:
        """The knowledge given, or the standalone one."""
        return self._knowledge or standalone_knowledge()

    @abstractmethod
    def name(self) -> str:
        """The name in `domain.yml`."""

    @abstractmethod
    def respond(self, turn: Turn) -> Said:
        """Answer one turn."""

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        """Called by rasa_sdk."""
        from actions.conduct import conduct  # which is built from this module

        turn = turn_of(tracker)
        said = conduct(self, turn)
        for reply in said.replies:
            shown = {"text": plain(reply.line)} if reply.line else {}
            dispatcher.utter_message(**shown, json_message=reply.as_json())
        after = asdict(replace(said.after, language=turn.language))
        before = asdict(turn.before)
        return [SlotSet(key, value) for key, value in after.items() if value != before[key]]


def turn_of(tracker: Tracker) -> Turn:
    """The turn in Rasa's tracker. Language: what the gateway says, or what the text shows."""
    message = tracker.latest_message
    before = State(**{key: tracker.get_slot(key) for key in State.__dataclass_fields__})
    text = message.get("text") or ""
    metadata = message.get("metadata") or {}
    so_far = metadata.get("spoken_before") or before.language or "en"
    detected = metadata.get("language") or language_of(text, so_far)
    spoken = detected if detected in texts.LANGUAGES else so_far
    return Turn(
        text=text,
        language=spoken,
        foreign=detected not in texts.LANGUAGES,
        intent=(message.get("intent") or {}).get("name"),
        entities={e["entity"]: str(e["value"]) for e in message.get("entities") or ()},
        before=before,
        confidence=float((message.get("intent") or {}).get("confidence") or 0.0),
    )


def plain(line: Line) -> str:
    """The line for a terminal: options as a numbered list."""
    options = [f"{number}. {option.title}" for number, option in enumerate(line.options, 1)]
    return "\n".join([line.text, *options])


def fixed(turn: Turn, key: str, kind: str = "text", **parts: Any) -> Line:
    """The line of a catalogue text of this area, in the turn's language."""
    found = texts.get(f"assistant.{key}", turn.language)
    return Line.fixed_words(found, kind=kind, **parts)


def say(line: Line, *effects: Effect) -> Reply:
    """A reply with one line."""
    return Reply(line=line, effects=effects)


def hand_over(
    turn: Turn, reason: Reason, *effects: Effect, key: str | None = None, **request: Any
) -> Said:
    """A fixed text and the request for a person. The thread's counts end with it."""
    line = fixed(turn, key or f"person_{reason.value}")
    asked = RequestHandoff(reason=reason, **request)
    return Said((say(line, *effects, asked),), turn.before.settled())


def handoff_of(said: Said) -> RequestHandoff | None:
    """The request for a person among the effects, if there is one."""
    effects = (effect for reply in said.replies for effect in reply.effects)
    return next((one for one in effects if isinstance(one, RequestHandoff)), None)


def in_process_actions(knowledge: KnowledgeBase) -> list[Action]:
    """One instance of every action, sharing the process's knowledge."""
    package = importlib.import_module("actions")
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"actions.{module.name}")
    ours = [one for one in CarelineAction.__subclasses__() if one.__module__.startswith("actions.")]
    return [action(knowledge) for action in sorted(ours, key=lambda one: one.__name__)]
