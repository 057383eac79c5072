"""Lines of a conversation on their way into the table, sealed each for its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import insert

from bot.conversations.models import Message
from bot.conversations.views import MessageView
from bot.db import UnitOfWork, table_of
from bot.effects import ArticleRef, FixedRef, Option
from bot.events import MessagePosted
from bot.privacy.encryption import KeyRing

# On the table, not the class: rows go in as they are, without the work of mapped objects.
INSERT_MESSAGES = insert(table_of(Message))
Author = Literal["patient", "bot", "agent", "system"]


@dataclass(frozen=True, slots=True)
class Draft:
    """A line about to be stored. `text` and `more` are Markdown, but plain for patients.

    `adapted`: the words come from `article`, but an agent changed them.
    """

    author: Author
    text: str
    language: str
    kind: str = "text"
    more: str | None = None
    options: Sequence[Option] = ()
    article: ArticleRef | None = None
    adapted: bool = False
    fixed: FixedRef | None = None
    client_id: str | None = None
    agent_id: str | None = None
    agent_name: str | None = None
    choice: str | None = None
    safety_tier: str | None = None
    safety_category: str | None = None


def body_context(conversation_id: str, seq: int) -> str:
    """The place a message body is sealed for."""
    return f"message:{conversation_id}:{seq}"


async def insert_lines(
    work: UnitOfWork,
    keys: KeyRing,
    conversation_id: str,
    drafts: Sequence[Draft],
    first_seq: int,
    epoch: int,
    now: datetime,
) -> None:
    """Store lines from `first_seq` on, and tell of them; where they stand was claimed before."""
    rows = [
        _row(keys, conversation_id, draft, seq, epoch, now)
        for seq, draft in enumerate(drafts, first_seq)
    ]
    if rows:
        await work.run(INSERT_MESSAGES, rows)
    _announce(work, conversation_id, drafts, rows)


def _announce(
    work: UnitOfWork, conversation_id: str, drafts: Sequence[Draft], rows: Sequence[dict[str, Any]]
) -> None:
    """Tell of stored lines, with their words for the sockets of this process."""
    for draft, row in zip(drafts, rows, strict=True):
        line = _view(draft, row["seq"], row["created_at"])
        work.emit(MessagePosted(conversation_id, row["seq"], draft.author, line))


def _view(draft: Draft, seq: int, sent_at: datetime) -> MessageView:
    """The line as it will be read from the table."""
    return MessageView(
        seq=seq,
        client_id=draft.client_id,
        author=draft.author,
        agent_id=draft.agent_id,
        agent_name=draft.agent_name,
        kind=draft.kind,
        language=draft.language,
        text=draft.text,
        more=draft.more,
        options=tuple(option.model_dump(mode="json") for option in draft.options),
        choice=draft.choice,
        article_slug=draft.article.slug if draft.article else None,
        version_id=draft.article.version_id if draft.article else None,
        adapted=draft.adapted,
        fixed_id=draft.fixed.id if draft.fixed else None,
        safety_tier=draft.safety_tier,
        sent_at=sent_at,
    )


def _row(
    keys: KeyRing, conversation_id: str, draft: Draft, seq: int, epoch: int, now: datetime
) -> dict[str, Any]:
    """The columns of one message, its words sealed for this place."""
    body: dict[str, Any] = {"text": draft.text}
    if draft.more:
        body["more"] = draft.more
    if draft.agent_name:
        body["agent_name"] = draft.agent_name
    if draft.choice:
        body["choice"] = draft.choice
    if draft.options:
        body["options"] = [option.model_dump(mode="json") for option in draft.options]
    return {
        "conversation_id": conversation_id,
        "seq": seq,
        "client_id": draft.client_id,
        "author": draft.author,
        "agent_id": draft.agent_id,
        "kind": draft.kind,
        "epoch": epoch,
        "language": draft.language,
        "body": keys.seal(body, body_context(conversation_id, seq)),
        "article_slug": draft.article.slug if draft.article else None,
        "version_id": draft.article.version_id if draft.article else None,
        "adapted": draft.adapted,
        "fixed_id": draft.fixed.id if draft.fixed else None,
        "fixed_hash": draft.fixed.hash if draft.fixed else None,
        "safety_tier": draft.safety_tier,
        "safety_category": draft.safety_category,
        "created_at": now,
    }
