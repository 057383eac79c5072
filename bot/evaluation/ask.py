"""Ask in the terminal, one question or a file of them, through the same gateway the web uses.

Conversations live in a temporary database; the answers come from the configured one, or from the
starter content when that has none.
"""

from __future__ import annotations

import json
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bot.assistant.host import State
from bot.conversations.models import Gap
from bot.conversations.queries import messages_after
from bot.conversations.views import MessageView
from bot.core import Core, LoadAssistant
from bot.errors import CarelineError, Invalid
from bot.gateway import Inbound
from bot.handoff.cases import packet_context
from bot.handoff.models import Handoff
from bot.knowledge.importer import import_directory
from bot.knowledge.markdown import plain
from bot.language.identify import language_of
from bot.migrations.run import upgrade
from bot.settings import Settings

KINDS = {"answer", "clarify", "clinical", "decline", "chitchat"}


class NoModel(CarelineError):
    """Nothing is trained yet."""

    code = "no_model"


@dataclass(frozen=True, slots=True)
class Question:
    """One line of a batch: the last turn is what is reported."""

    id: str
    turns: tuple[str, ...]
    locale: str | None = None


@dataclass(slots=True)
class Asked:
    """What became of a question's last turn."""

    messages: list[MessageView]
    tier: str
    category: str | None
    handoff: dict[str, Any] | None
    handoff_topics: list[str]
    gap: str | None
    milliseconds: int
    language: str
    topics: dict[str, list[str]] = field(default_factory=dict)


@asynccontextmanager
async def desk(
    settings: Settings, load_assistant: LoadAssistant | None = None
) -> AsyncIterator[Core]:
    """A core on a temporary database, with its assistant loaded. Raises `NoModel`."""
    with tempfile.TemporaryDirectory(prefix="careline-ask-") as folder:
        own = settings.model_copy(
            update={"database_url": f"sqlite:///{folder}/ask.db", "sqlite_synchronous": "NORMAL"}
        )
        core = Core(own, load_assistant=load_assistant)
        try:
            await upgrade(core.database)
            await import_directory(core.database, settings.data_dir)
            await core.start()
            if await core.host.settled() is State.FAILED:
                raise NoModel(
                    f"the assistant did not load: {core.host.cause}", remedy="Run: careline train"
                )
            yield core
        finally:
            await core.stop()


async def ask(core: Core, question: Question) -> Asked:
    """Put every turn of a question to a new conversation; tell what became of the last."""
    return (await ask_each(core, question))[-1]


async def ask_each(core: Core, question: Question) -> list[Asked]:
    """The same, but tell what became of each turn, in order."""
    if not question.turns:
        raise Invalid("a question needs a text", field="text")
    language = question.locale or "en"
    conversation_id, _ = await core.gateway.start(language)
    every: list[Asked] = []
    for number, text in enumerate(question.turns):
        asked = await _turn(core, conversation_id, text, language, question.turns[:number])
        language = asked.language
        every.append(asked)
    return every


async def _turn(
    core: Core, conversation_id: str, text: str, language: str, previous: Sequence[str]
) -> Asked:
    spoken = language_of(text, language)
    inbound = Inbound(
        conversation_id=conversation_id,
        client_id=uuid.uuid4().hex,
        text=text,
        language=language if spoken == "other" else spoken,
    )
    assessment = core.gateway.assess(text, previous, inbound.language)
    started = time.perf_counter()
    stored = await core.gateway.receive(inbound, assessment)
    await core.turns.settled(conversation_id)
    elapsed = int((time.perf_counter() - started) * 1000)
    async with core.database.reading() as session:
        messages = await messages_after(session, core.keys, conversation_id, stored.seq)
        case = await session.scalar(
            select(Handoff).where(Handoff.conversation_id == conversation_id)
        )
        gap = await session.scalar(
            select(Gap.outcome).where(Gap.conversation_id == conversation_id, Gap.seq == stored.seq)
        )
    handoff, topics = None, []
    if case:
        packet = core.keys.open(case.packet, packet_context(conversation_id))
        topics = packet["topics"]
        promised = case.promised_by.isoformat() if case.promised_by else None
        handoff = {"reason": case.reason, "priority": case.priority, "promised_by": promised}
    asked = Asked(
        messages=messages,
        tier=assessment.tier.value,
        category=assessment.category,
        handoff=handoff,
        handoff_topics=topics,
        gap=gap,
        milliseconds=elapsed,
        language=messages[0].language if messages else inbound.language,
    )
    for message in messages:
        if message.article_slug:
            asked.topics[message.article_slug] = core.knowledge.topics(message.article_slug)
    return asked


def outcome(asked: Asked) -> str:
    """One word for how the turn ended."""
    if asked.tier == "full":
        return "safety"
    if asked.handoff:
        reason = asked.handoff["reason"]
        return {"clinical": "clinical", "missing_fact": "needs_fact"}.get(reason, "handoff")
    kinds = [message.kind for message in asked.messages if message.kind in KINDS]
    return kinds[0] if kinds else "no_answer"


def report(question: Question, asked: Asked) -> dict[str, Any]:
    """The batch format's output line."""
    answered = next((m for m in asked.messages if m.article_slug), None)
    clarified = next((m for m in asked.messages if m.options), None)
    topics: list[str] = []
    if asked.tier == "full" and asked.category:
        topics = [asked.category]
    elif answered and answered.article_slug:
        topics = asked.topics[answered.article_slug]
    elif asked.handoff_topics:
        topics = asked.handoff_topics
    return {
        "id": question.id,
        "outcome": outcome(asked),
        "safety": {"tier": asked.tier, "category": asked.category},
        "article": answered.article_slug if answered else None,
        "version": answered.version_id if answered else None,
        "topics": topics,
        "options": [list(one.get("topics", ())) for one in clarified.options] if clarified else [],
        "handoff": asked.handoff,
        "locale": asked.language,
        "messages": [spoken_text(message) for message in asked.messages],
        "latency_ms": asked.milliseconds,
    }


def spoken_text(message: MessageView) -> str:
    """A line as plain text, what stands behind "More" and the choices included."""
    parts = [plain(message.text)]
    if message.more:
        parts.append(plain(message.more))
    parts += [f"{n}. {one['title']}" for n, one in enumerate(message.options, 1)]
    return "\n".join(parts)


def read_batch(path: Path) -> Iterator[Question]:
    """The questions of a JSON-lines file. Raises `Invalid` naming the line."""
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if line.strip():
            yield _question(line, f"{path.name}:{number}")


def _question(line: str, where: str) -> Question:
    try:
        data = json.loads(line)
        turns: Sequence[str] = data["turns"] if "turns" in data else [data["text"]]
        locale = data.get("locale")
        if not turns or not all(isinstance(turn, str) and turn.strip() for turn in turns):
            raise ValueError
        if locale not in (None, "en", "es"):
            raise ValueError
        return Question(str(data["id"]), tuple(turns), locale)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Invalid(
            f"{where}: not a question",
            field=where,
            remedy='Each line is like {"id": "1", "text": "…"}, "turns" in place of "text", '
            'and "locale" en or es if at all.',
        ) from None


async def ask_batch(settings: Settings, source: Path, target: Path) -> int:
    """Answer a file of questions, each in a conversation of its own. Returns how many."""
    questions = list(read_batch(source))
    async with desk(settings) as core:
        with target.open("w", encoding="utf-8") as out:
            for question in questions:
                asked = await ask(core, question)
                out.write(json.dumps(report(question, asked), ensure_ascii=False) + "\n")
    return len(questions)
