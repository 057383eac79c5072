"""The map of what patients ask about: every subject, and how a question about it ends.

Articles name the subjects they answer; the map says which subjects must have an article, after
which answers a person takes over, and who answers the rest.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, RootModel, ValidationError, model_validator

from bot.errors import Invalid
from bot.knowledge.problems import explain
from bot.settings import ROOT

TOPICS_FILE = "topics.toml"
LONGEST_NAME = 50  # characters: names are labels beside a conversation


class Ends(StrEnum):
    """How a question ends."""

    ARTICLE = "article"
    PERSON = "person"
    SAFETY = "safety"
    CLINICAL = "clinical"
    DECLINE = "decline"
    REPLY = "reply"


class Topic(BaseModel):
    """One subject. `by` is the action or the safety category that answers where no article does;
    with `person` somebody takes over after the article's answer."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    ends: Ends
    person: bool = False
    by: str | None = None
    en: str = Field(min_length=1, max_length=LONGEST_NAME)
    es: str = Field(min_length=1, max_length=LONGEST_NAME)

    @model_validator(mode="after")
    def _answered_by_one(self) -> Topic:
        if self.ends is Ends.ARTICLE and self.by:
            raise ValueError("an article answers it: remove `by`")
        if self.ends is not Ends.ARTICLE and not self.by:
            raise ValueError("no article answers it: say `by` which action or category")
        if self.ends is not Ends.ARTICLE and self.person:
            raise ValueError("`person` goes with an article only: remove it")
        return self

    def title(self, language: str) -> str:
        """The name that staff see."""
        return self.es if language == "es" else self.en


class Topics(RootModel[dict[str, Topic]]):
    """All subjects by id, in the order of the file."""

    model_config = ConfigDict(frozen=True)

    def get(self, topic_id: str) -> Topic | None:
        """The subject; None for an id that the map lacks."""
        return self.root.get(topic_id)

    def ending(self, ends: Ends) -> Iterator[str]:
        """Ids of the subjects that end so."""
        return (topic_id for topic_id, topic in self.root.items() if topic.ends is ends)


def load(path: Path) -> Topics:
    """Read the map. Raises `Invalid` naming the subject's id and what to do."""
    try:
        areas = tomllib.loads(path.read_text("utf-8-sig"))
    except tomllib.TOMLDecodeError as error:
        raise Invalid(
            f"{path.name}: not valid TOML: {error}",
            field=path.name,
            remedy="Each subject is one line below its area, and stands there once.",
        ) from None
    try:
        return Topics.model_validate(dict(_flat(areas)))
    except ValidationError as error:
        raise explain(error, path.name) from None


def _flat(areas: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for area, entries in areas.items():
        if not isinstance(entries, dict):
            raise Invalid(
                f"{area}: not a table of subjects",
                field=area,
                remedy=f"Put the line below the heading of its area, such as [{area}].",
            )
        yield from ((f"{area}.{key}", entry) for key, entry in entries.items())


@cache
def standard() -> Topics:
    """The map that comes with the product."""
    return load(ROOT / "data" / TOPICS_FILE)
