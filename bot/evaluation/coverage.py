"""Does every subject end well? Fresh questions through the whole assistant, judged by the map.

Each line of the set holds a question as patients type it and the subject it is about. How a
subject has to end stands in `data/topics.toml`. A question ended well when it got an article of
its subject, the person, the safety text or the reply that the map names. It was `offered` when the
right article stood among the choices, or the softer safety line was said; otherwise `missed`.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.errors import Invalid
from bot.evaluation.ask import Question, ask, desk, report
from bot.intervals import Share
from bot.knowledge.content import Content
from bot.knowledge.measuring import said
from bot.knowledge.topics import Ends, Topic, Topics
from bot.knowledge.utterances import Utterances
from bot.settings import Settings

ENDED, OFFERED, MISSED = "ended", "offered", "missed"
ANSWERED = {"answer", "handoff", "needs_fact", "clinical"}


@dataclass(frozen=True, slots=True)
class Expected:
    """One line of the set."""

    question: Question
    topic: str


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of one question. `report` is the batch format's line."""

    expected: Expected
    verdict: str
    report: dict[str, Any]


def read(path: Path, topics: Topics) -> Iterator[Expected]:
    """The questions of a set. Raises `Invalid` naming the line."""
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        try:
            row = json.loads(line)
            question = Question(str(row["id"]), (str(row["text"]),), row["locale"])
            known = topics.get(row["topic"]) is not None and row["locale"] in ("en", "es")
        except (ValueError, KeyError, TypeError):
            known = False
        if not known:
            where = f"{path.name}:{number}"
            remedy = (
                'Each line is like {"id": "1", "topic": "cov.copay", "locale": "en", "text": …}.'
            )
            message = f"{where}: not a question about a known subject"
            raise Invalid(message, field=where, remedy=remedy)
        yield Expected(question, row["topic"])


def verdict(topic_id: str, topic: Topic, line: dict[str, Any]) -> str:
    """How the outcome compares with what the map says."""
    outcome, tier = line["outcome"], line["safety"]["tier"]
    match topic.ends:
        case Ends.ARTICLE:
            return _of_article(topic_id, topic, line)
        case Ends.PERSON:
            return ENDED if line["handoff"] else MISSED
        case Ends.SAFETY:
            return {"full": ENDED, "soft": OFFERED}.get(tier, MISSED)
        case Ends.CLINICAL:
            # An emergency text where a clinical one was due errs on the safe side.
            return ENDED if outcome == "clinical" or tier == "full" else MISSED
        case Ends.DECLINE:
            return ENDED if outcome == "decline" else MISSED
        case Ends.REPLY:
            return ENDED if outcome == "chitchat" else MISSED


def _of_article(topic_id: str, topic: Topic, line: dict[str, Any]) -> str:
    if line["outcome"] in ANSWERED and topic_id in line["topics"]:
        return ENDED
    if topic.person and line["handoff"]:
        return ENDED
    return OFFERED if any(topic_id in option for option in line["options"]) else MISSED


async def measure(settings: Settings, expected: Sequence[Expected], topics: Topics) -> list[Judged]:
    """Ask every question in a conversation of its own. Minutes for a thousand."""
    judged = []
    async with desk(settings) as core:
        for one in expected:
            line = report(one.question, await ask(core, one.question))
            topic = topics.root[one.topic]
            judged.append(Judged(one, verdict(one.topic, topic, line), line))
    return judged


def share(judged: Sequence[Judged], *verdicts: str) -> tuple[float, float, float]:
    """The share with one of these verdicts, and its Wilson interval (Wilson 1927)."""
    found = Share(sum(one.verdict in verdicts for one in judged), len(judged))
    return found.value, *found.interval()


def apart(judged: Sequence[Judged], content: Content, uttered: Utterances) -> list[Judged]:
    """Without the questions that stand word for word among what the search is fitted on."""
    known = fitted_on(content, uttered)
    return [one for one in judged if said(one.expected.question.turns[-1]) not in known]


def fitted_on(content: Content, uttered: Utterances) -> set[str]:
    """All questions that the search is fitted on, as they are measured."""
    known = {said(one.text) for own in uttered.values() for one in own}
    for article in content.articles:
        for version in article.versions.values():
            known |= {said(one) for one in (*version.words.questions, *version.words.golden)}
    return known


def never_reached(judged: Sequence[Judged]) -> list[str]:
    """Subjects none of whose questions ended well or found the right choice."""
    best: dict[str, bool] = {}
    for one in judged:
        best[one.expected.topic] = best.get(one.expected.topic, False) or one.verdict != MISSED
    return [topic for topic, reached in best.items() if not reached]


def by_class(judged: Sequence[Judged], topics: Topics) -> dict[tuple[str, str], Counter[str]]:
    """Verdicts per class and language; the class is how the subject ends."""
    table: dict[tuple[str, str], Counter[str]] = {}
    for one in judged:
        topic = topics.root[one.expected.topic]
        name = "article, then a person" if topic.person else topic.ends.value
        key = (name, one.expected.question.locale or "en")
        table.setdefault(key, Counter())[one.verdict] += 1
    return dict(sorted(table.items()))
