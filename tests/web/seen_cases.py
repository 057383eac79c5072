"""Conversations in which a version was read, and people who put it right."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from bot import keys
from bot.app import CORE
from bot.conversations import service as conversations
from bot.conversations.lines import Draft
from bot.conversations.models import Conversation, Message
from bot.conversations.queries import opened
from bot.conversations.service import token_hash
from bot.conversations.views import MessageView
from bot.effects import ArticleRef
from bot.knowledge.models import Article, Version
from tests.web.colleagues import Colleague, app_of
from tests.web.desk_cases import CLIENT

SLUG = "eob"
WORDS = "The letter is not a bill. You do not have to pay it."


async def live_version(client: CLIENT, slug: str = SLUG, language: str = "en") -> int:
    """The id of the version that patients get now."""
    async with app_of(client)[keys.DATABASE].reading() as session:
        found = await session.scalar(
            select(Version.id)
            .join(Article, Article.id == Version.article_id)
            .where(Article.slug == slug, Version.language == language, Version.state == "published")
        )
    assert found is not None
    return found


async def was_given(
    client: CLIENT, version_id: int, *, times: int = 1, author: str = "bot", adapted: bool = False
) -> str:
    """A conversation, still open, in which the version was read."""
    app = app_of(client)
    ring = app[keys.KEYS]
    async with app[keys.DATABASE].work() as work:
        conversation_id, _ = await conversations.open_conversation(work, "en")
        for _ in range(times):
            await say(client, work, conversation_id, "What is an EOB?")
            article = ArticleRef(slug=SLUG, version_id=version_id, language="en", title="EOB")
            told = Draft(
                "agent" if author == "agent" else "bot",
                "An **answer**.",
                "en",
                kind="answer",
                article=article,
                adapted=adapted,
                agent_name="Ana" if author == "agent" else None,
            )
            await conversations.post(work, ring, conversation_id, told, owner="bot", epoch=1)
        await work.commit()
    return conversation_id


async def say(client: CLIENT, work: Any, conversation_id: str, words: str) -> int:
    """A line of the patient that the assistant need not answer. Returns its number."""
    said = Draft(author="patient", text=words, language="en")
    ring = app_of(client)[keys.KEYS]
    stored = await conversations.store_patient_message(work, ring, conversation_id, said)
    await conversations.needs_no_answer(work, conversation_id, stored.seq)
    row = await work.session.get(Conversation, conversation_id, populate_existing=True)
    row.answered_seq = stored.seq
    await work.session.flush()
    return stored.seq


async def change(client: CLIENT, conversation_id: str, **values: Any) -> None:
    """The conversation's row, changed."""
    async with app_of(client)[keys.DATABASE].work() as work:
        row = await work.session.get(Conversation, conversation_id)
        for name, value in values.items():
            setattr(row, name, value)
        await work.commit()


async def token_of(client: CLIENT, conversation_id: str) -> str:
    """A token with which its patient comes back."""
    token = f"token-of-{conversation_id}"
    await change(client, conversation_id, token_hash=token_hash(token))
    return token


async def lines(client: CLIENT, conversation_id: str) -> list[MessageView]:
    """What was said by the clinic itself."""
    app = app_of(client)
    async with app[keys.DATABASE].reading() as session:
        rows = await session.scalars(
            select(Message)
            .where(Message.conversation_id == conversation_id, Message.author == "system")
            .order_by(Message.seq)
        )
        return [opened(app[keys.KEYS], row) for row in rows]


async def drafted(
    editor: Colleague, version_id: int, text: str = WORDS, *, with_answer: bool = False
) -> dict[str, Any]:
    """A correction that waits for a second person."""
    made: dict[str, Any] = await editor.post(
        f"/api/versions/{version_id}/corrections", text=text, with_answer=with_answer
    )
    return made


async def released(
    editor: Colleague, reviewer: Colleague, version_id: int, **values: Any
) -> dict[str, Any]:
    """A correction that may go out once its time to think is over."""
    made = await drafted(editor, version_id, **values)
    done: dict[str, Any] = await reviewer.post(
        f"/api/corrections/{made['id']}/release", seen=made["hash"]
    )
    return done


async def send(client: CLIENT) -> int:
    """Do the sending once; returns how many were told."""
    return await app_of(client)[CORE].corrections.run_once()
