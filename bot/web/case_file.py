"""A case's file as the console gets it: what may be done, the identity check, the history."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from aiohttp import web

from bot.clock import utc_now
from bot.conversations.models import agent_of
from bot.handoff import identity, queries
from bot.handoff.case_file import CaseFile, Earlier, Happening, case_file
from bot.handoff.models import Rating
from bot.keys import DATABASE, DESK, KEYS, KNOWLEDGE, SETTINGS
from bot.knowledge import topics
from bot.knowledge.sites import site_name
from bot.outreach.linked import conversations_of_verified_contact
from bot.privacy.masking import masked
from bot.staff.models import Role
from bot.staff.sessions import SignedIn
from bot.web.colleagues import colleagues, names


def token_valid(app: web.Application) -> timedelta:
    """For how long a patient who says nothing can still read a conversation."""
    return timedelta(hours=app[SETTINGS].token_hours)


async def add_file(
    app: web.Application, who: SignedIn, case: queries.Case, shown: dict[str, Any]
) -> dict[str, Any]:
    """`shown`, the case as JSON, with all that its file holds."""
    async with app[DATABASE].reading() as session:
        here = case.conversation.id
        file = await case_file(
            session,
            app[KEYS],
            here,
            now=utc_now(),
            token_valid=token_valid(app),
            others=await conversations_of_verified_contact(session, here),
        )
    called = await names(app)
    packet = shown["packet"]
    if packet:
        _complete(packet, app, file, case.conversation.id)
    return {
        **shown,
        "may": await _may(app, who, case, file),
        "identity": _identity_json(packet, file),
        "history": [_happening_json(one, called) for one in file.happened],
    }


def _complete(packet: dict[str, Any], app: web.Application, file: CaseFile, here: str) -> None:
    profile = app[KNOWLEDGE].profile
    said = " . ".join([packet["question"], *packet["asked"]])
    site = app[DESK].site_of(said)
    packet["site"] = site_name(site, profile)
    for answer in packet["answers"]:
        answer["then"] = [masked(line, packet["language"]) for line in answer["then"]]
    packet["rating"] = _rating_json(file.rating) if file.rating else None
    packet["earlier"] = [_earlier_json(one, file.reopens, here) for one in file.earlier]


async def _may(
    app: web.Application, who: SignedIn, case: queries.Case, file: CaseFile
) -> dict[str, Any]:
    holder = agent_of(case.conversation.owner)
    mine = holder == who.account_id
    claimed = holder is not None and case.handoff is not None
    supervisor = who.may(Role.SUPERVISOR)
    take = claimed and not mine
    if take and not supervisor:
        held_by = (await colleagues(app)).get(holder or "")
        take = held_by is None or held_by.away
    return {
        "transfer": claimed and (mine or supervisor),
        "take": take,
        "reopen": file.handoff_id if file.may_reopen else None,
        "check_identity": mine and claimed,
    }


def _identity_json(packet: Mapping[str, Any] | None, file: CaseFile) -> dict[str, Any]:
    known = [topics.standard().get(one) for one in packet["topics"]] if packet else []
    personal = [one.person for one in known if one]
    return {
        "needed": packet is not None and identity.is_needed(packet["reason"], personal),
        "checks": [
            {
                "id": one.id,
                "this_case": one.handoff_id == file.handoff_id,
                "agent_name": one.agent_name,
                "at": one.at.isoformat(),
                "who": one.asked.who,
                "concerns": one.asked.concerns,
                "patient": one.asked.patient,
                "authority": one.asked.authority,
                "method": one.asked.method,
                "verified": one.asked.verified,
            }
            for one in file.checks
        ],
    }


def _rating_json(one: Rating) -> dict[str, Any]:
    return {
        "score": one.score,
        "reason": one.reason_copy,
        "language": one.language,
        "at": one.changed_at.isoformat(),
    }


def _earlier_json(one: Earlier, reopened: int | None, here: str) -> dict[str, Any]:
    return {
        "id": one.id,
        "reason": one.reason,
        "outcome": one.outcome,
        "agent_name": one.agent_name,
        "requested_at": one.requested_at.isoformat(),
        "resolved_at": one.resolved_at.isoformat() if one.resolved_at else None,
        "question": one.question,
        "reopened": one.id == reopened,
        "language": one.language,
        "conversation_id": one.conversation_id if one.conversation_id != here else None,
    }


def _happening_json(one: Happening, called: Mapping[str, str]) -> dict[str, Any]:
    detail = dict(one.detail)
    for key in ("to", "held_by"):
        if key in detail and detail[key] != "queue":
            detail[key] = called.get(detail[key])
    return {
        "kind": one.kind,
        "at": one.at.isoformat(),
        "by": called.get(one.by or ""),
        **detail,
    }
