"""What became of one message of a set, in the words that the measures are defined in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.evaluation.coverage import ENDED, verdict
from bot.evaluation.sets import Row, Turn
from bot.knowledge.topics import Ends, Topics

APOLOGIES = {"assistant.sorry_wrong", "assistant.sorry_no_more"}


@dataclass(frozen=True, slots=True)
class Ended:
    """One message and its end. `line` is the batch format's line for it, `fixed` the ids of the
    catalogue texts that were said, `topics` the map of subjects."""

    row: Row
    turn: Turn
    line: dict[str, Any]
    fixed: tuple[str, ...]
    topics: Topics

    @property
    def interrupted(self) -> bool:
        """The full safety text was said: by the gate, or by the assistant behind it."""
        return self.gated or self.reason == "emergency"

    @property
    def gated(self) -> bool:
        """The gate alone saw danger, whatever state the assistant is in."""
        return bool(self.line["safety"]["tier"] == "full")

    @property
    def softened(self) -> bool:
        """The one soft safety line was said."""
        return bool(self.line["safety"]["tier"] == "soft")

    @property
    def reason(self) -> str | None:
        """Why a person takes over; None when nobody does."""
        handoff = self.line["handoff"]
        return str(handoff["reason"]) if handoff else None

    @property
    def answered(self) -> bool:
        """An article was said, with or without a person after it, and no safety text instead."""
        return self.line["article"] is not None and not self.interrupted

    @property
    def right(self) -> bool:
        """Answered, and one of the article's topics is among the expected."""
        return self.answered and self._expected(self.line["topics"])

    @property
    def clarified(self) -> bool:
        """Nothing was answered, and articles were offered to choose from."""
        return bool(self.line["options"]) and not self.answered and not self.interrupted

    @property
    def offered_right(self) -> bool:
        """Clarified, and one of the choices has an expected topic."""
        return self.clarified and any(self._expected(one) for one in self.line["options"])

    @property
    def first_right(self) -> bool:
        """The article that was said, or the first of the choices, has an expected topic."""
        return self.right or (self.clarified and self._expected(self.line["options"][0]))

    @property
    def clinical(self) -> bool:
        """The text for clinical questions and a nurse took the place of an answer."""
        return self.reason == "clinical" and not self.answered

    @property
    def has_article(self) -> bool:
        """One of the expected topics ends with an article, as the map says."""
        return self.expects(Ends.ARTICLE)

    @property
    def person_foreseen(self) -> bool:
        """The map has a person in one of the expected topics; or the right article was found and
        lacks a fact that only the clinic can state."""
        foreseen = any(topic.person or topic.ends is Ends.PERSON for topic in self._mapped())
        lacking = self.reason == "missing_fact" and self._expected(self.line["topics"])
        return foreseen or lacking

    @property
    def as_mapped(self) -> bool:
        """One of the expected topics ended as the map says it has to."""
        named = ((one, self.topics.get(one)) for one in self.turn.topics)
        return any(verdict(one, topic, self.line) == ENDED for one, topic in named if topic)

    @property
    def as_expected(self) -> bool:
        """The turn of a conversation did what it must: the end it names or, where it names none,
        the right article, the right choice, or the end of its topic."""
        match self.turn.expect:
            case "handoff":
                return self.reason is not None
            case "apology":
                return not APOLOGIES.isdisjoint(self.fixed)
            case "safety":
                return self.interrupted
            case "clinical":
                return self.clinical
            case "clarify":
                return self.clarified and (not self.turn.topics or self.offered_right)
            case "courtesy":
                return self.line["outcome"] in ("chitchat", "decline")
            case _:
                return self.right or self.offered_right or self.as_mapped

    def expects(self, ends: Ends) -> bool:
        """Whether one of the expected topics ends so."""
        return any(topic.ends is ends for topic in self._mapped())

    def _mapped(self) -> list[Any]:
        found = (self.topics.get(one) for one in self.turn.topics)
        return [topic for topic in found if topic]

    def _expected(self, topics: list[str]) -> bool:
        return not set(self.turn.topics).isdisjoint(topics)
