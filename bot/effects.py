"""What a turn may say and change.

Actions only read. What they want said is a `Line`, what they want changed is an `Effect`;
both travel in the `json_message` of a rasa_sdk reply, are validated once when they arrive,
and are committed with the turn in one transaction.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator


class Reason(StrEnum):
    """Why a person is needed."""

    ASKED = "asked"
    EMERGENCY = "emergency"
    CLINICAL = "clinical"
    ACCOUNT = "account"
    COMPLAINT = "complaint"
    LEGAL_PRIVACY = "legal_privacy"
    NO_ANSWER = "no_answer"
    MISSING_FACT = "missing_fact"
    REPEATED_FAILURE = "repeated_failure"
    ASSISTANT_DOWN = "assistant_down"
    NO_FOLLOWUP = "no_followup"
    BOOKING = "booking"
    ESTIMATE = "estimate"
    INTERPRETER = "interpreter"
    RECORDS = "records"


class Priority(StrEnum):
    """How soon; members sort by `rank`."""

    URGENT = "urgent"
    HIGH = "high"
    NORMAL = "normal"

    @property
    def rank(self) -> int:
        """0 is the most urgent."""
        return list(Priority).index(self)


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ArticleRef(_Part):
    """The published version a line was taken from."""

    slug: str
    version_id: int
    language: str
    title: str
    topics: tuple[str, ...] = ()


class Catalogued(Protocol):
    """A reviewed text of a catalogue: of the assistant, of the desk or of the safety gate."""

    @property
    def id(self) -> str:
        """Its name, such as `assistant.clarify`."""

    @property
    def hash(self) -> str:
        """What pins its wording."""

    @property
    def text(self) -> str:
        """The words, in the Markdown subset."""

    @property
    def language(self) -> str:
        """The ISO code of the language it is in, which need not be the one asked for."""


class FixedRef(_Part):
    """The catalogue text a line was taken from; `hash` pins its wording at the time."""

    id: str
    hash: str

    @classmethod
    def of(cls, words: Catalogued) -> FixedRef:
        """Where these words are from."""
        return cls(id=words.id, hash=words.hash)


class Option(_Part):
    """One choice of a clarification: a real article."""

    slug: str
    title: str
    topics: tuple[str, ...] = ()


class Line(_Part):
    """One thing said to the patient. `text` and `more` are the Markdown subset.

    Exactly one of `article` and `fixed` says who approved the words. `language` is an ISO code:
    of the two we answer in, or of a third in which a few emergency lines exist.
    """

    kind: Literal["answer", "clarify", "text", "clinical", "decline", "chitchat"] = "text"
    text: str
    more: str | None = None
    language: str = Field(pattern="^[a-z]{2,3}$")
    article: ArticleRef | None = None
    fixed: FixedRef | None = None
    options: tuple[Option, ...] = ()

    @model_validator(mode="after")
    def _approved(self) -> Line:
        if (self.article is None) == (self.fixed is None):
            raise ValueError("a line has one source: an article or a fixed text")
        return self

    @classmethod
    def fixed_words(cls, words: Catalogued, **parts: Any) -> Line:
        """A line that says a catalogue text, with other `parts` of a line where given."""
        said = {"text": words.text, "language": words.language, "fixed": FixedRef.of(words)}
        return cls.model_validate({**said, **parts})


class RequestHandoff(_Part):
    """Ask for a person. `priority` None means the reason's usual one."""

    type: Literal["handoff.request"] = "handoff.request"
    reason: Reason
    priority: Priority | None = None
    topics: tuple[str, ...] = ()
    details: dict[str, str] = Field(default_factory=dict)


class RecordGap(_Part):
    """A question that found no answer, or a wrong one. The text stays with its message."""

    type: Literal["gap.record"] = "gap.record"
    outcome: Literal["no_answer", "clarify", "not_what_i_asked"]
    article: str | None = None


class RecordMissingFact(_Part):
    """The clinic profile lacks a fact that an answer needed."""

    type: Literal["missing_fact.record"] = "missing_fact.record"
    key: str
    article: str | None = None


class SetLanguage(_Part):
    """The patient chose the language to be answered in."""

    type: Literal["language.set"] = "language.set"
    language: Literal["en", "es"]


class EndConversation(_Part):
    """The patient said that this is all. Nothing ends when more of them waits for an answer."""

    type: Literal["conversation.end"] = "conversation.end"


Effect = Annotated[
    RequestHandoff | RecordGap | RecordMissingFact | SetLanguage | EndConversation,
    Field(discriminator="type"),
]


class Reply(_Part):
    """The `json_message` of one rasa_sdk response: at most one line and any effects."""

    line: Line | None = None
    effects: tuple[Effect, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The JSON object that an action hands to its dispatcher."""
        return self.model_dump(mode="json", exclude_none=True)


REPLY: TypeAdapter[Reply] = TypeAdapter(Reply)
