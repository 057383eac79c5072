"""The assistant was wrong here: an agent reports an answer, and an editor gets a task.

The task holds the question and the remark redacted, and which version of which article was said:
the editor needs no conversation to mend it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from bot.conversations.models import Message
from bot.conversations.queries import opened
from bot.db import UnitOfWork
from bot.errors import Conflict, Invalid, NotFound
from bot.handoff.cases import locked
from bot.handoff.follow_ups import DONE, open_follow_up
from bot.handoff.models import FollowUp
from bot.privacy.encryption import KeyRing
from bot.privacy.redaction import Copied


@dataclass(frozen=True, slots=True)
class Report:
    """Line `seq` of a conversation is wrong, says an agent."""

    conversation_id: str
    seq: int
    remark: str = field(repr=False)
    agent_id: str


async def report_answer(
    work: UnitOfWork,
    keys: KeyRing,
    report: Report,
    *,
    copied: Copied,
    due_at: datetime,
    now: datetime,
) -> int:
    """Open the editors' task; returns its id.

    `copied` redacts. Raises `NotFound` for a line that is not there, `Invalid` for one that the
    assistant did not say, `Conflict` for one that is reported and not yet looked into.
    """
    held = await locked(work, report.conversation_id)
    said = await _line(work, report)
    await _refuse_twice(work, report)
    question = await work.session.scalar(
        select(Message)
        .where(
            Message.conversation_id == held.id,
            Message.author == "patient",
            Message.seq < report.seq,
        )
        .order_by(Message.seq.desc())
        .limit(1)
    )
    asked = opened(keys, question).text if question else ""
    note = {
        "question": copied(asked, held.language),
        "remark": copied(report.remark, held.language),
    }
    codes = {"slug": said.article_slug, "version_id": said.version_id, "text_id": said.fixed_id}
    return await open_follow_up(
        work,
        keys,
        conversation_id=held.id,
        handoff_id=None,
        kind="assistant_wrong",
        due_at=due_at,
        owner_id=None,
        note=note,
        created_by=report.agent_id,
        detail={"seq": report.seq, **{key: code for key, code in codes.items() if code}},
        now=now,
    )


async def _line(work: UnitOfWork, report: Report) -> Message:
    said: Message | None = await work.session.scalar(
        select(Message).where(
            Message.conversation_id == report.conversation_id, Message.seq == report.seq
        )
    )
    if said is None:
        raise NotFound("no such line", field="seq")
    if said.author != "bot":
        raise Invalid("the assistant did not say this", field="seq", remedy="Choose its answer.")
    return said


async def _refuse_twice(work: UnitOfWork, report: Report) -> None:
    open_reports = await work.session.scalars(
        select(FollowUp).where(
            FollowUp.conversation_id == report.conversation_id,
            FollowUp.kind == "assistant_wrong",
            FollowUp.state != DONE,
        )
    )
    if any(one.detail.get("seq") == report.seq for one in open_reports):
        raise Conflict("this answer is reported already", remedy="The editors will look at it.")
