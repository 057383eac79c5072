"""A line of a conversation, opened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class MessageView:
    """A stored line, opened. `text` and `more` are Markdown, but plain for patients."""

    seq: int
    client_id: str | None
    author: str
    agent_id: str | None
    agent_name: str | None
    kind: str
    language: str
    text: str
    more: str | None
    options: tuple[dict[str, Any], ...]
    choice: str | None
    article_slug: str | None
    version_id: int | None
    fixed_id: str | None
    safety_tier: str | None
    sent_at: datetime
    adapted: bool = False
