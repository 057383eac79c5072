"""What a notice must not lack before patients are told of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot import texts
from bot.knowledge.markdown import outside_subset
from bot.knowledge.notice_models import NoticeVersion
from bot.knowledge.readability import flesch_kincaid, inflesz, words

MOST_WORDS = 60
HARDEST_GRADE = 8.0
LEAST_EASE = 55.0


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong at which field. Only one that blocks keeps the notice unpublished.

    Its words, with the remedy, are the text `notices.finding_<rule>` of the catalogue.
    """

    field: str
    rule: str
    values: Mapping[str, str] = dataclasses.field(default_factory=dict)
    blocks: bool = True

    @property
    def message(self) -> str:
        """The words in English, for whoever uses the API."""
        return texts.get(f"notices.finding_{self.rule}", "en", **self.values).text

    def as_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "field": self.field,
            "rule": self.rule,
            "values": dict(self.values),
            "blocks": self.blocks,
        }


@dataclass(frozen=True, slots=True)
class Known:
    """What a notice may speak of, and when it is looked at."""

    sites: Collection[str]
    topics: Collection[str]
    now: datetime


def findings(version: NoticeVersion, known: Known) -> list[Finding]:
    """Everything that keeps this version from patients, and what could be better."""
    return [
        *_text("en", version.en),
        *_text("es", version.es),
        *_time(version, known.now),
        *_place(version, known),
    ]


def _text(language: str, text: str) -> Iterator[Finding]:
    if not text.strip():
        yield Finding(language, "no_text")
        return
    if "{{" in text:
        yield Finding(language, "facts")
    for kind, label in outside_subset(text):
        yield Finding(language, f"outside_{kind}", {"label": label} if kind == "link" else {})
    if (count := len(words(text))) > MOST_WORDS:
        yield Finding(language, "long", {"count": str(count), "limit": str(MOST_WORDS)})
    hard = flesch_kincaid(text) > HARDEST_GRADE if language == "en" else inflesz(text) < LEAST_EASE
    if hard:
        yield Finding(language, "hard", blocks=False)


def _time(version: NoticeVersion, now: datetime) -> Iterator[Finding]:
    if version.ends_at is None:
        yield Finding("ends_at", "no_end")
    elif version.ends_at <= now:
        yield Finding("ends_at", "over")
    elif version.starts_at is not None and version.ends_at <= version.starts_at:
        yield Finding("ends_at", "backwards")


def _place(version: NoticeVersion, known: Known) -> Iterator[Finding]:
    if not version.at_start and not version.topics:
        yield Finding("topics", "nobody")
    for site in version.sites:
        if site not in known.sites:
            yield Finding("sites", "site", {"site": site})
    for topic in version.topics:
        if topic not in known.topics:
            yield Finding("topics", "topic", {"topic": topic})
