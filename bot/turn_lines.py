"""What a turn says beside the assistant's answer, and which of its lines may stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot import texts
from bot.assistant.turn import TurnOutput
from bot.conversations.lines import Draft
from bot.effects import Effect, EndConversation, FixedRef, Line, Reason, RequestHandoff, SetLanguage
from bot.handoff.cases import notice
from bot.safety import Assessment, Tier, text_for

COMFORT = "empathy."


@dataclass(frozen=True, slots=True)
class Waiting:
    """A stored patient message that the assistant has to answer."""

    seq: int
    text: str = field(repr=False)
    choice: str | None = None
    soft_category: str | None = None
    clinical: bool = False


def extra_lines(message: Waiting, max_chars: int, language: str) -> list[Draft]:
    """What is said after the answer: that only the beginning was read, and the safety text."""
    drafts = []
    if len(message.text) > max_chars:
        drafts.append(notice("desk.too_long", language, count=f"{max_chars:,}"))
    return drafts + soft_line(message, language)


def soft_line(message: Waiting, language: str) -> list[Draft]:
    """The text of the soft tier, when the message is of it."""
    if not message.soft_category:
        return []
    soft = Assessment(Tier.SOFT, message.soft_category, clinical=False)
    return [safety_draft(soft, language)]


def safety_draft(assessment: Assessment, language: str) -> Draft:
    """The fixed text of an assessment, by author `system`: it may stand under any owner."""
    fixed = text_for(assessment, language)
    return Draft(
        author="system",
        kind="safety",
        text=fixed.text,
        language=fixed.language,
        fixed=FixedRef.of(fixed),
        safety_tier=assessment.tier.value,
        safety_category=assessment.category,
    )


def spoken(output: TurnOutput, before: str) -> str:
    """The language after a turn: what the patient asked for, or what the answer is in."""
    for effect in output.effects:
        if isinstance(effect, SetLanguage):
            return effect.language
    said = (line.language for line in output.lines if line.language in texts.LANGUAGES)
    return next(said, before)


def may_stand(line: Line, message: Waiting) -> bool:
    """Sympathy never comes before a safety line."""
    comfort = line.fixed is not None and line.fixed.id.startswith(COMFORT)
    return not (comfort and message.soft_category)


def says_goodbye(effects: Sequence[Effect]) -> bool:
    """Whether the patient said that this is all."""
    return any(isinstance(effect, EndConversation) for effect in effects)


def fallback(language: str) -> TurnOutput:
    """What takes the place of an answer when the assistant fails: a fixed text and a person."""
    line = Line.fixed_words(texts.get("desk.assistant_down", language))
    effects: Sequence[Effect] = (RequestHandoff(reason=Reason.ASSISTANT_DOWN),)
    return TurnOutput((line,), tuple(effects), {"slots": {}, "loop": None})
