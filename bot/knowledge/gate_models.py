"""The tables of the publish gate: looks at a text, and leave to publish it all the same."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base


class GateCheck(Base):
    """One look at one text at one revision. `report` is sealed: it quotes patients, redacted.

    The process that works on it moves `beat_at` on; one that stopped has left it for lost.
    `version_id` is no reference: a draft may be thrown away while it is looked at.
    """

    __tablename__ = "gate_checks"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    version_id: Mapped[int] = mapped_column(index=True)
    content_hash: Mapped[str] = mapped_column(String(64))
    revision: Mapped[int]
    state: Mapped[str] = mapped_column(String(8))
    stage: Mapped[str] = mapped_column(String(12), default="")
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    report: Mapped[bytes | None] = mapped_column(LargeBinary)
    started_at: Mapped[datetime] = mapped_column(index=True)
    beat_at: Mapped[datetime]


class GateOverride(Base):
    """Leave to publish exactly this text although `findings` (their keys) speak against it.

    Asked for by one person with a reason, granted by another. `text_hash` is that of the words;
    `version_id` is no reference, so that the row outlives a draft that was thrown away.
    """

    __tablename__ = "gate_overrides"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    version_id: Mapped[int]
    slug: Mapped[str] = mapped_column(String(120))
    language: Mapped[str] = mapped_column(String(8))
    text_hash: Mapped[str] = mapped_column(String(64))
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(String(400))
    state: Mapped[str] = mapped_column(String(10))
    asked_by: Mapped[str] = mapped_column(String(32))
    asked_name: Mapped[str] = mapped_column(String(80))
    asked_at: Mapped[datetime]
    decided_by: Mapped[str | None] = mapped_column(String(32))
    decided_name: Mapped[str | None] = mapped_column(String(80))
    decided_at: Mapped[datetime | None]
    remark: Mapped[str] = mapped_column(String(400), default="")

    __table_args__ = (Index("ix_gate_overrides_version_id_state", "version_id", "state"),)
