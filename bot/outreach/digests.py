"""The hash by which an address is found again. Keyed: a phone number alone is quickly guessed."""

from __future__ import annotations

import hmac
import secrets

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.outreach.models import OutreachSecret
from bot.privacy.encryption import KeyRing

NAME = "addresses"
CONTEXT = f"outreach-secret:{NAME}"
SECRET_BYTES = 32


async def digest(session: AsyncSession, keys: KeyRing, channel: str, address: str) -> str:
    """The same for the same address in the whole installation, whoever wrote it how."""
    secret = bytes.fromhex(keys.open(await _secret(session, keys), CONTEXT))
    return hmac.new(secret, f"{channel}:{address.casefold()}".encode(), "sha256").hexdigest()


async def _secret(session: AsyncSession, keys: KeyRing) -> bytes:
    wanted = select(OutreachSecret.value).where(OutreachSecret.name == NAME)
    found: bytes | None = await session.scalar(wanted)
    if found is not None:
        return found
    made: bytes = keys.seal(secrets.token_hex(SECRET_BYTES), CONTEXT)
    try:
        async with session.begin_nested():
            await session.execute(insert(OutreachSecret).values(name=NAME, value=made))
    except IntegrityError:
        # Another process was first: its secret is the one.
        found = await session.scalar(wanted)
        if found is None:  # pragma: no cover - the row that refused ours
            raise
        return found
    return made
