"""One question, explained: what each part of Careline made of it, and how it ended."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast

from bot.assistant.host import Responder
from bot.assistant.turn import Guess, TurnInput
from bot.core import LoadAssistant, load_rasa
from bot.evaluation.ask import Question, ask, desk, report
from bot.knowledge.base import KnowledgeBase
from bot.knowledge.content import from_files
from bot.knowledge.outcomes import Context
from bot.knowledge.why import Why, place_of
from bot.language.entities import Entity
from bot.language.identify import Reading, read
from bot.safety.reasons import Reasons, reasons
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.assistant.processor import Processor


@dataclass(frozen=True, slots=True)
class Explained:
    """A question and its reasons. `why` is how knowledge decides it, even where safety or a person
    comes first; `end` is how the turn really ended, in the batch format."""

    question: str = field(repr=False)
    language: Reading
    safety: Reasons
    guesses: tuple[Guess, ...]
    entities: tuple[Entity, ...]
    why: Why
    end: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        """Everything, for a machine."""
        return asdict(self)


async def explain(
    settings: Settings, question: str, language: str, slug: str | None = None
) -> Explained:
    """Ask the whole assistant in a new conversation, and its parts for their reasons.

    Raises `NotFound` when no article is called `slug`, and `NoModel` when nothing is trained.
    """
    if slug is not None:
        # Told before the assistant is loaded, which takes seconds.
        place_of(from_files(settings.data_dir).articles, slug)
    loaded: list[Processor] = []
    async with desk(settings, _kept(settings, loaded)) as core:
        reading = read(question, language)
        spoken = language if reading.language == "other" else reading.language
        asked = Question("1", (question,), language)
        end = report(asked, await ask(core, asked))
        turn = TurnInput("explained", question, reading.language)
        return Explained(
            question=question,
            language=reading,
            safety=reasons(question, (), spoken),
            guesses=await loaded[-1].guesses(turn),
            entities=replace(core.knowledge.facts(spoken), question=question).entities,
            why=core.knowledge.explain(question, Context(spoken), slug),
            end=end,
        )


def _kept(settings: Settings, loaded: list[Processor]) -> LoadAssistant:
    """Loads as ever, and keeps the model: the host answers turns, not questions about them."""
    load = load_rasa(settings)

    def kept(knowledge: KnowledgeBase) -> Responder:
        processor = cast("Processor", load(knowledge))
        loaded.append(processor)
        return processor

    return kept
