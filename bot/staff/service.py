"""The verbs of staff accounts: create, set a password, disable, list, sign in and out.

Every one leaves an audit event. There is no default password: `ensure_demo_staff` makes random
ones, for a demo clinic on one's own machine only.
"""

from __future__ import annotations

import re
import secrets
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import utc_now
from bot.db import Database, UnitOfWork
from bot.errors import Conflict, Invalid, NotFound, Unauthorized
from bot.privacy import audit
from bot.settings import Settings
from bot.staff import passwords, sessions
from bot.staff.models import Account, Role

NAME = re.compile(r"[a-z][a-z0-9._-]{1,63}")
EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,180}\.[a-z]{2,24}", re.IGNORECASE)
DISPLAY_NAME_CHARS = 80
DEMO_FILE = "demo_accounts"
DEMO_STAFF = (
    ("agent", "Ana Demo", (Role.AGENT,)),
    ("agent2", "Ben Demo", (Role.AGENT,)),
    ("editor", "Eva Demo", (Role.EDITOR,)),
    ("reviewer", "Rita Demo", (Role.REVIEWER,)),
    ("supervisor", "Sam Demo", (Role.SUPERVISOR, Role.AGENT)),
)


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """A demo account and its password, to be shown to whoever runs the demo."""

    name: str
    password: str
    roles: tuple[Role, ...]


async def create_account(
    work: UnitOfWork,
    actor: str,
    *,
    name: str,
    display_name: str,
    roles: Collection[Role],
    password: str,
) -> str:
    """A new account; returns its id. Raises `Invalid`, and `Conflict` for a name that is taken."""
    name, display_name = name.strip().casefold(), display_name.strip()
    _check_account(name, display_name, roles)
    passwords.check_rules(name, password)
    taken = Conflict(f"an account named {name!r} exists", remedy="Choose another name.")
    if await account_named(work.session, name) is not None:
        raise taken
    account_id = uuid.uuid4().hex
    ordered = ",".join(role.value for role in Role if role in roles)
    row = insert(Account).values(
        id=account_id,
        name=name,
        display_name=display_name,
        roles=ordered,
        password_hash=await passwords.hashed(password),
        disabled_at=None,
        created_at=utc_now(),
    )
    try:
        await work.session.execute(row)
    except IntegrityError:
        # Somebody else was faster by a moment.
        raise taken from None
    await audit.record(work, actor, "staff.created", account_id, roles=ordered)
    return account_id


async def set_password(work: UnitOfWork, actor: str, name: str, password: str) -> None:
    """A new password for an account, which is signed out everywhere."""
    account = await _existing(work, name)
    passwords.check_rules(account.name, password)
    await _store_hash(work, account.id, await passwords.hashed(password))
    await sessions.end_all(work, account.id)
    await audit.record(work, actor, "staff.password_set", account.id)


async def disable(work: UnitOfWork, actor: str, name: str) -> None:
    """Shut an account out, at once and everywhere. Its name stays taken: the audit log uses it."""
    account = await _existing(work, name)
    await work.session.execute(
        update(Account).where(Account.id == account.id).values(disabled_at=utc_now())
    )
    await sessions.end_all(work, account.id)
    await audit.record(work, actor, "staff.disabled", account.id)


async def set_email(work: UnitOfWork, actor: str, name: str, address: str) -> None:
    """Where to write to this person; empty: nowhere. Raises `Invalid`, `NotFound`."""
    address = address.strip()
    if address and not EMAIL.fullmatch(address):
        raise Invalid("this is no e-mail address", field="email", remedy="Check it for slips.")
    account = await _existing(work, name)
    await work.session.execute(
        update(Account).where(Account.id == account.id).values(email=address)
    )
    await audit.record(work, actor, "staff.email_set", account.id, given=int(bool(address)))


async def email_of(session: AsyncSession, account_id: str) -> str:
    """Where to write to this person; empty when nobody said, or when the account is disabled."""
    account = await session.get(Account, account_id)
    return account.email if account and account.disabled_at is None else ""


async def list_accounts(session: AsyncSession) -> Sequence[Account]:
    """All accounts by name, disabled ones too."""
    return (await session.scalars(select(Account).order_by(Account.name))).all()


async def account_named(session: AsyncSession, name: str) -> Account | None:
    """The account with this name, in any case of letters."""
    if not NAME.fullmatch(name := name.strip().casefold()):
        return None
    found: Account | None = await session.scalar(select(Account).where(Account.name == name))
    return found


async def sign_in(
    database: Database, name: str, password: str, address: str
) -> tuple[str, Account]:
    """A session token for the right name and password; `Unauthorized` says no more than that.

    Takes the database, not a unit of work: no transaction may wait for argon2.
    """
    async with database.reading() as session:
        account = await account_named(session, name)
    right = await passwords.matches(account.password_hash if account else None, password)
    if account is None or not right or account.disabled_at is not None:
        await _record_failure(database, account, address)
        raise Unauthorized(
            "the name or the password is wrong",
            field="password",
            remedy="Check both. A supervisor can set a new password.",
        )
    renewed = (
        await passwords.hashed(password) if passwords.outdated(account.password_hash) else None
    )
    async with database.work() as work:
        if renewed:
            await _store_hash(work, account.id, renewed)
        token = await sessions.start(work, account.id)
        await audit.record(work, account.id, "staff.signed_in", account.id, address=address)
        await work.commit()
    return token, account


async def sign_out(work: UnitOfWork, signed_in: sessions.SignedIn) -> None:
    """End this sign-in."""
    if await sessions.end(work, signed_in.session_id):
        await audit.record(work, signed_in.account_id, "staff.signed_out", signed_in.account_id)


async def ensure_demo_staff(database: Database, settings: Settings) -> Sequence[DemoAccount]:
    """Demo accounts with random passwords, once, when there is no account at all.

    The passwords are kept in a private file in the var directory; later calls return none, and so
    does the slower of two processes that start at once. Production mode never gets any.
    """
    if settings.production:
        return ()
    made = [DemoAccount(name, secrets.token_urlsafe(12), roles) for name, _, roles in DEMO_STAFF]
    try:
        return await _demo_staff(database, settings, made)
    except Conflict:
        return ()


async def _demo_staff(
    database: Database, settings: Settings, made: Sequence[DemoAccount]
) -> Sequence[DemoAccount]:
    async with database.work() as work:
        if await work.session.scalar(select(func.count(Account.id))):
            return ()
        for account, (_, display_name, _) in zip(made, DEMO_STAFF, strict=True):
            await create_account(
                work,
                "bootstrap",
                name=account.name,
                display_name=display_name,
                roles=account.roles,
                password=account.password,
            )
        _keep_private(settings.var_dir / DEMO_FILE, made)
        await work.commit()
    return made


def _keep_private(path: Path, accounts: Sequence[DemoAccount]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text("".join(f"{made.name} {made.password}\n" for made in accounts), "utf-8")


def _check_account(name: str, display_name: str, roles: Collection[Role]) -> None:
    if not NAME.fullmatch(name):
        raise Invalid(
            "the name is not one that can be typed anywhere",
            field="name",
            remedy="Use 2 to 64 of a-z, 0-9, dot, dash and underscore, beginning with a letter.",
        )
    if not 0 < len(display_name) <= DISPLAY_NAME_CHARS:
        raise Invalid(
            "the display name is empty or too long",
            field="display_name",
            remedy=f"Patients see it: use 1 to {DISPLAY_NAME_CHARS} characters.",
        )
    if not roles:
        raise Invalid("an account needs a role", field="roles", remedy="Give it one or more.")


async def _existing(work: UnitOfWork, name: str) -> Account:
    account = await account_named(work.session, name)
    if account is None:
        raise NotFound("no such account", field="name", remedy="`careline staff list` shows all.")
    return account


async def _store_hash(work: UnitOfWork, account_id: str, password_hash: str) -> None:
    await work.session.execute(
        update(Account).where(Account.id == account_id).values(password_hash=password_hash)
    )


async def _record_failure(database: Database, account: Account | None, address: str) -> None:
    # The name that was typed is not kept: now and then it is a password in the wrong field.
    subject = account.id if account else "unknown"
    async with database.work() as work:
        await audit.record(work, "anonymous", "staff.sign_in_failed", subject, address=address)
        await work.commit()
