"""Questions that found no answer, stored as turns, cases and ratings store them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, update

from bot import keys
from bot.clock import utc_now
from bot.conversations import service
from bot.conversations.lines import Draft
from bot.conversations.models import Conversation, Message
from bot.effects import ArticleRef, Effect, FixedRef, RecordGap
from bot.handoff.models import Rating
from tests.web.colleagues import Colleague, app_of
from tests.web.desk_cases import CLIENT

EOB = ArticleRef(slug="eob", version_id=1, language="en", title="What an EOB is")
NO_ANSWER = RecordGap(outcome="no_answer")
WIFI = ("what is the wifi password", "cual es la clave del wifi", "do you have free wifi")
NOTARY = (
    "is there a notary at the clinic",
    "tienen notario en la clinica",
    "do you notarize papers",
)


def patient(text: str, language: str = "en", choice: str | None = None) -> Draft:
    return Draft(author="patient", text=text, language=language, choice=choice)


def bot_line(text: str, kind: str = "text", article: ArticleRef | None = None) -> Draft:
    fixed = None if article else FixedRef(id=f"actions.{text}", hash="0" * 16)
    return Draft("bot", text, "en", kind=kind, article=article, fixed=fixed)


async def conversation(
    client: CLIENT,
    *lines: Draft,
    effects: Sequence[Effect] = (),
    language: str = "en",
    at: datetime | None = None,
) -> str:
    """A conversation with these lines; `effects` are those of its last patient line."""
    app = app_of(client)
    async with app[keys.DATABASE].work() as work:
        ring = app[keys.KEYS]
        conversation_id, _ = await service.open_conversation(work, language)
        said, last = "", 0
        for line in lines:
            if line.author == "patient":
                stored = await service.store_patient_message(work, ring, conversation_id, line)
                said, last = line.text, stored.seq
                await work.session.execute(
                    update(Conversation)
                    .where(Conversation.id == conversation_id)
                    .values(answered_seq=stored.seq)
                )
            else:
                await service.post(work, ring, conversation_id, line, owner="bot", epoch=1)
        await app[keys.DESK].apply(work, conversation_id, last, said, effects, None)
        if at is not None:
            for table, column in (
                (Conversation, Conversation.id),
                (Message, Message.conversation_id),
            ):
                await work.session.execute(
                    update(table).where(column == conversation_id).values(created_at=at)
                )
        await work.commit()
    return conversation_id


async def unanswered(client: CLIENT, *texts: str, at: datetime | None = None) -> None:
    """One conversation for each text, in which the assistant had no answer."""
    for text in texts:
        spanish = text.split()[0] in ("cual", "tienen", "hay", "donde")
        language = "es" if spanish else "en"
        lines = (patient(text, language), bot_line("not_understood"))
        await conversation(client, *lines, effects=[NO_ANSWER], language=language, at=at)


async def rated(client: CLIENT, conversation_id: str, score: int) -> None:
    async with app_of(client)[keys.DATABASE].work() as work:
        values = {"conversation_id": conversation_id, "about": "assistant", "score": score}
        now = utc_now()
        await work.session.execute(
            insert(Rating).values(**values, language="en", at=now, changed_at=now)
        )
        await work.commit()


async def group(client: CLIENT, editor: Colleague) -> list[dict[str, Any]]:
    """Look for gaps now; returns the list."""
    await editor.post("/api/gaps/run")
    await app_of(client)[keys.GAPS].settled()
    found: list[dict[str, Any]] = (await editor.get("/api/gaps"))["gaps"]
    return found
