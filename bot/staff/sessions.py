"""Sign-ins: a random token in a cookie, its hash in a table, an idle and an absolute end.

Reading a session never prolongs it: only what a person does (`touch`) counts as activity, so an
open screen that refreshes itself is still signed out.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import utc_now
from bot.db import UnitOfWork
from bot.errors import Unauthorized
from bot.settings import Settings
from bot.staff.models import Account, Role, StaffSession

TOKEN_BYTES = 32
TOUCH_EVERY = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Lifetime:
    """A sign-in ends after `idle` without activity, and after `absolute` in any case."""

    idle: timedelta
    absolute: timedelta


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The person behind a request."""

    account_id: str
    name: str
    display_name: str
    roles: frozenset[Role]
    session_id: str
    seen_at: datetime

    def may(self, *roles: Role) -> bool:
        """Whether the person has one of these roles; an admin has all."""
        return Role.ADMIN in self.roles or not self.roles.isdisjoint(roles)

    @property
    def touch_due(self) -> bool:
        """Whether activity should be written down again; not at every request."""
        return utc_now() - self.seen_at > TOUCH_EVERY


def lifetime(settings: Settings) -> Lifetime:
    """How long a sign-in lasts here."""
    return Lifetime(
        idle=timedelta(minutes=settings.session_idle_minutes),
        absolute=timedelta(hours=settings.session_hours),
    )


def session_id(token: str) -> str:
    """What is stored of a token: whoever reads the table cannot sign in with it."""
    return hashlib.sha256(token.encode()).hexdigest()


async def start(work: UnitOfWork, account_id: str) -> str:
    """A new sign-in. Returns the token, which is not kept."""
    token, now = secrets.token_urlsafe(TOKEN_BYTES), utc_now()
    await work.session.execute(
        insert(StaffSession).values(
            id=session_id(token), account_id=account_id, created_at=now, seen_at=now
        )
    )
    return token


async def account_for(session: AsyncSession, token: str, lifetime: Lifetime) -> SignedIn:
    """Who this token is. `Unauthorized` when it is unknown, too old, or its account disabled."""
    now = utc_now()
    found = (
        await session.execute(
            select(Account, StaffSession)
            .join(StaffSession, StaffSession.account_id == Account.id)
            .where(
                StaffSession.id == session_id(token),
                StaffSession.seen_at > now - lifetime.idle,
                StaffSession.created_at > now - lifetime.absolute,
                Account.disabled_at.is_(None),
            )
        )
    ).one_or_none()
    if found is None:
        raise Unauthorized("you are not signed in", remedy="Sign in.")
    account, signed_in = found
    return SignedIn(
        account.id,
        account.name,
        account.display_name,
        account.role_set,
        signed_in.id,
        signed_in.seen_at,
    )


async def touch(work: UnitOfWork, session_id: str) -> None:
    """The person did something."""
    await work.session.execute(
        update(StaffSession).where(StaffSession.id == session_id).values(seen_at=utc_now())
    )


async def end(work: UnitOfWork, session_id: str) -> bool:
    """Sign out. False when there was no such sign-in."""
    ended = await work.session.scalar(
        delete(StaffSession).where(StaffSession.id == session_id).returning(StaffSession.account_id)
    )
    return ended is not None


async def end_all(work: UnitOfWork, account_id: str) -> None:
    """Sign an account out everywhere."""
    await work.session.execute(delete(StaffSession).where(StaffSession.account_id == account_id))


async def purge(work: UnitOfWork, settings: Settings) -> None:
    """Remove sign-ins that are over."""
    now, lasts = utc_now(), lifetime(settings)
    await work.session.execute(
        delete(StaffSession).where(
            (StaffSession.seen_at <= now - lasts.idle)
            | (StaffSession.created_at <= now - lasts.absolute)
        )
    )


async def active_since(session: AsyncSession, since: datetime) -> set[str]:
    """The accounts of everyone who did something since then and is signed in."""
    found = await session.scalars(
        select(StaffSession.account_id).where(StaffSession.seen_at > since).distinct()
    )
    return set(found)
