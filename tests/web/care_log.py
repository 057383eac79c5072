"""A log of conversations and cases with chosen times, written to the tables as the product does.

No words are in it: what is sealed elsewhere is a placeholder here.
"""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Self

from sqlalchemy import insert

from bot.conversations.models import BOT, CLOSED, QUEUE, Conversation, Gap, Message, Turn
from bot.db import Database
from bot.handoff.history import Happened
from bot.handoff.models import (
    CLAIMED,
    RESOLVED,
    WAITING,
    CaseLink,
    Handoff,
    HandoffEvent,
    Rating,
)
from bot.staff.models import Account

SEALED = b"sealed"


class Case:
    """A handoff whose life is told by its verbs, in order."""

    def __init__(self, talk: Talk, number: int, at: datetime, **values: Any):
        self.talk = talk
        self.row: dict[str, Any] = {
            "id": number,
            "conversation_id": talk.id,
            "reason": values["reason"],
            "priority": "normal",
            "priority_rank": 2,
            "state": WAITING,
            "agent_id": None,
            "agent_name": None,
            "language": talk.language,
            "packet": SEALED,
            "requested_at": at,
            "first_promised_by": values["promised"],
            "promised_by": values["promised"],
            "site": values["site"],
            "claimed_at": None,
            "first_reply_at": None,
            "resolved_at": None,
            "outcome": None,
        }
        self.events: list[dict[str, Any]] = []
        detail = {"reason": values["reason"], "topics": values["topics"]}
        self.happened(Happened.REQUESTED, at, promised_by=values["promised"], detail=detail)

    def happened(self, kind: Happened, at: datetime, **values: Any) -> Self:
        """One line of the history."""
        line = {"agent_id": None, "promised_by": None, "detail": {}, **values}
        fixed = {"handoff_id": self.row["id"], "conversation_id": self.talk.id, "kind": kind.value}
        self.events.append({**fixed, "at": at, **line})
        return self

    def claimed(self, at: datetime, agent: str, kind: Happened = Happened.CLAIMED) -> Self:
        self.row |= {"state": CLAIMED, "agent_id": agent, "agent_name": agent, "claimed_at": at}
        return self.happened(kind, at, agent_id=agent)

    def replied(self, at: datetime, agent: str) -> Self:
        self.talk.line("agent", at, agent_id=agent)
        self.row |= {"first_reply_at": at}
        return self.happened(Happened.FIRST_REPLY, at, agent_id=agent)

    def released(self, at: datetime, agent: str) -> Self:
        self.row |= {"state": WAITING, "agent_id": None, "agent_name": None, "claimed_at": None}
        return self.happened(Happened.RELEASED, at, agent_id=agent)

    def warned(self, at: datetime) -> Self:
        return self.happened(Happened.PROMISE_WARNED, at)

    def moved(self, at: datetime, to: datetime) -> Self:
        self.row |= {"promised_by": to}
        return self.happened(Happened.PROMISE_RENEGOTIATED, at, promised_by=to)

    def resolved(self, at: datetime, agent: str, outcome: str = "answered") -> Self:
        self.row |= {"state": RESOLVED, "resolved_at": at, "outcome": outcome}
        return self.happened(Happened.RESOLVED, at, agent_id=agent)

    def reopened(self, at: datetime, agent: str) -> Case:
        """Goes on as a handoff of its own, as in life."""
        again = self.talk.again(self, at)
        again.row |= {"state": CLAIMED, "agent_id": agent, "agent_name": agent, "claimed_at": at}
        earlier = {"earlier": self.row["id"]}
        return again.happened(Happened.REOPENED, at, agent_id=agent, detail=earlier)

    def rated(self, at: datetime, score: int) -> Self:
        """What the patient said of whoever resolved it."""
        self.talk.rated(at, score, "person", self.row["id"], self.row["agent_id"])
        return self

    def left(self, at: datetime) -> Self:
        self.row |= {"state": RESOLVED, "resolved_at": at, "outcome": "patient_left"}
        self.talk.token = None
        return self.happened(Happened.PATIENT_LEFT, at)


class Talk:
    """A conversation; `lines` are its messages."""

    def __init__(self, log: Log, language: str):
        self.log, self.language = log, language
        self.id = uuid.uuid4().hex
        self.token: str | None = uuid.uuid4().hex
        self.lines: list[dict[str, Any]] = []
        self.cases: list[Case] = []
        self.turns: list[dict[str, Any]] = []
        self.gaps: list[dict[str, Any]] = []

    def line(self, author: str, at: datetime, **values: Any) -> Self:
        row = {
            **{"agent_id": None, "kind": "text", "article_slug": None, "fixed_id": None},
            **{"safety_tier": None, "safety_category": None, **values},
            **{"conversation_id": self.id, "seq": len(self.lines) + 1, "author": author},
            **{"epoch": 1, "language": self.language, "body": SEALED, "created_at": at},
        }
        self.lines.append(row)
        return self

    def says(self, at: datetime, **values: Any) -> Self:
        """A patient's line."""
        return self.line("patient", at, **values)

    def turn(self, at: datetime, kind: str = "answer", outcome: str = "committed") -> Self:
        """How the assistant ended a turn. `no_answer` is a gap, anything else a kind of line."""
        asked = len(self.lines)
        said = at - timedelta(milliseconds=20)
        if kind == "no_answer":
            gap = {"conversation_id": self.id, "seq": asked, "outcome": kind, "at": said}
            self.gaps.append(gap)
            self.line("bot", said)
        elif outcome != "dropped":
            slug = "eob" if kind == "answer" else None
            self.line("bot", said, kind=kind, article_slug=slug)
        ended = {"conversation_id": self.id, "seq": asked, "outcome": outcome, "at": at}
        self.turns.append(ended)
        return self

    def asks(
        self,
        at: datetime,
        promised: int | datetime | None = 20,
        *,
        reason: str = "asked",
        topics: str = "",
        site: str | None = None,
    ) -> Case:
        """The patient asks for a person; `promised` in minutes, as a time, or not at all."""
        self.says(at)
        by = at + timedelta(minutes=promised) if isinstance(promised, int) else promised
        number = next(self.log.numbers)
        case = Case(self, number, at, promised=by, reason=reason, topics=topics, site=site)
        self.cases.append(case)
        return case

    def again(self, earlier: Case, at: datetime) -> Case:
        """The handoff in which an earlier one is taken up."""
        number = next(self.log.numbers)
        reason, site = earlier.row["reason"], earlier.row["site"]
        case = Case(self, number, at, promised=None, reason=reason, topics="", site=site)
        self.cases.append(case)
        self.log.links.append({"handoff_id": number, "earlier_id": earlier.row["id"]})
        return case

    def rated(
        self,
        at: datetime,
        score: int,
        about: str = "assistant",
        handoff_id: int | None = None,
        agent_id: str | None = None,
    ) -> Self:
        row = {"conversation_id": self.id, "handoff_id": handoff_id, "agent_id": agent_id}
        said = {"about": about, "score": score, "language": self.language}
        self.log.ratings.append({**row, **said, "at": at, "changed_at": at})
        return self

    def cleared(self) -> Self:
        """The patient ended the chat and cleared it."""
        self.token = None
        return self

    def row(self) -> dict[str, Any]:
        states = {case.row["state"] for case in self.cases}
        owner = QUEUE if WAITING in states else CLOSED
        if CLAIMED in states:
            held = next(case for case in self.cases if case.row["state"] == CLAIMED)
            owner = f"agent:{held.row['agent_id']}"
        if not states and not self.token:
            owner = BOT
        return {
            "id": self.id,
            "token_hash": self.token,
            "owner": owner,
            "epoch": 1,
            "last_seq": len(self.lines),
            "patient_seq": len(self.lines),
            "answered_seq": len(self.lines),
            "language": self.language,
            "created_at": self.lines[0]["created_at"],
            "active_at": self.lines[-1]["created_at"],
        }


class Log:
    """Collects conversations and writes them in one transaction."""

    def __init__(self) -> None:
        self.numbers = itertools.count(1)
        self.talks: list[Talk] = []
        self.people: dict[str, str] = {}
        self.links: list[dict[str, int]] = []
        self.ratings: list[dict[str, Any]] = []

    def talk(self, language: str = "en") -> Talk:
        self.talks.append(Talk(self, language))
        return self.talks[-1]

    def asks(self, at: datetime, promised: Any = 20, language: str = "en", **values: Any) -> Case:
        """A conversation that begins with a request for a person."""
        return self.talk(language).asks(at, promised, **values)

    def chat(self, at: datetime, language: str = "en") -> Talk:
        """A conversation in which the assistant answers the first line."""
        return self.talk(language).says(at).turn(at + timedelta(seconds=1))

    async def write(self, database: Database) -> None:
        """Write everything."""
        rows: Sequence[tuple[Any, list[dict[str, Any]]]] = (
            (Account, [_account(one, name) for one, name in self.people.items()]),
            (Conversation, [talk.row() for talk in self.talks]),
            (Message, [line for talk in self.talks for line in talk.lines]),
            (Turn, [turn for talk in self.talks for turn in talk.turns]),
            (Gap, [gap for talk in self.talks for gap in talk.gaps]),
            (Handoff, [case.row for talk in self.talks for case in talk.cases]),
            (CaseLink, self.links),
            (Rating, self.ratings),
            (HandoffEvent, [e for talk in self.talks for case in talk.cases for e in case.events]),
        )
        async with database.work() as work:
            for model, found in rows:
                if found:
                    await work.session.execute(insert(model), found)
            await work.commit()


def _account(account_id: str, name: str) -> dict[str, Any]:
    return {
        "id": account_id,
        "name": account_id,
        "display_name": name,
        "roles": "agent",
        "password_hash": "none",
        "created_at": datetime.fromisoformat("2026-01-01T00:00:00+00:00"),
    }
