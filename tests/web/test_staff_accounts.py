"""Accounts, their sign-ins, and what is written down about both."""

from __future__ import annotations

import stat
from datetime import timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update

from bot.clock import utc_now
from bot.db import Database
from bot.errors import Conflict, Invalid, NotFound, Unauthorized
from bot.privacy.models import AuditEvent
from bot.settings import Settings
from bot.staff import passwords, service, sessions
from bot.staff.models import Account, Role, StaffSession

GOOD = "correct horse battery"


async def create(database: Database, name: str = "ana", **changes: Any) -> str:
    values: dict[str, Any] = {"display_name": "Ana Ruiz", "roles": [Role.AGENT], "password": GOOD}
    async with database.work() as work:
        account_id = await service.create_account(work, "test", name=name, **values | changes)
        await work.commit()
    return account_id


async def audited(database: Database) -> list[tuple[str, str]]:
    async with database.reading() as session:
        found = await session.execute(
            select(AuditEvent.action, AuditEvent.subject).order_by(AuditEvent.id)
        )
        return [(row.action, row.subject) for row in found]


async def who(database: Database, settings: Settings, token: str) -> sessions.SignedIn:
    async with database.reading() as session:
        return await sessions.account_for(session, token, sessions.lifetime(settings))


async def age(database: Database, **by: timedelta) -> None:
    async with database.work() as work:
        values = {column: utc_now() - past for column, past in by.items()}
        await work.session.execute(update(StaffSession).values(**values))
        await work.commit()


async def test_a_name_is_taken_once_in_any_case_of_letters(database: Database) -> None:
    await create(database, "ana")
    with pytest.raises(Conflict):
        await create(database, "ANA")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "a"}, "name"),
        ({"name": "'; drop table accounts"}, "name"),
        ({"name": "ana\x00"}, "name"),
        ({"display_name": " "}, "display_name"),
        ({"roles": []}, "roles"),
        ({"password": "short"}, "password"),
    ],
)
async def test_a_bad_account_is_refused_by_field(
    database: Database, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await create(database, **changes)
    assert refused.value.field == field
    async with database.reading() as session:
        assert await service.list_accounts(session) == []


async def test_the_right_password_signs_in_and_is_written_down(
    database: Database, settings: Settings
) -> None:
    account_id = await create(database)
    token, account = await service.sign_in(database, " Ana ", GOOD, "::1")
    assert account.id == account_id
    assert (await who(database, settings, token)).display_name == "Ana Ruiz"
    assert ("staff.signed_in", account_id) in await audited(database)


@pytest.mark.parametrize("name", ["ana", "nobody", "a\x00b"])
async def test_a_wrong_name_and_a_wrong_password_are_refused_alike(
    database: Database, name: str
) -> None:
    account_id = await create(database)
    with pytest.raises(Unauthorized) as refused:
        await service.sign_in(database, name, "not the right one", "::1")
    assert refused.value.message == "the name or the password is wrong"
    subject = account_id if name == "ana" else "unknown"
    assert (await audited(database))[-1] == ("staff.sign_in_failed", subject)


async def test_only_the_hash_of_a_token_is_stored(database: Database) -> None:
    await create(database)
    token, _ = await service.sign_in(database, "ana", GOOD, "::1")
    async with database.reading() as session:
        stored = await session.scalar(select(StaffSession.id))
    assert stored != token
    assert stored == sessions.session_id(token)


async def test_a_hash_with_old_parameters_is_replaced_at_sign_in(database: Database) -> None:
    await create(database)
    async with database.work() as work:
        old = PasswordHasher(time_cost=1, memory_cost=8192).hash(GOOD)
        await work.session.execute(update(Account).values(password_hash=old))
        await work.commit()
    await service.sign_in(database, "ana", GOOD, "::1")
    async with database.reading() as session:
        now = await session.scalar(select(Account.password_hash))
    assert now
    assert not passwords.outdated(now)


async def test_a_sign_in_ends_after_the_idle_time_and_reading_does_not_prolong_it(
    database: Database, settings: Settings
) -> None:
    await create(database)
    token, _ = await service.sign_in(database, "ana", GOOD, "::1")
    idle = timedelta(minutes=settings.session_idle_minutes)
    await age(database, seen_at=idle - timedelta(seconds=20))
    assert (await who(database, settings, token)).touch_due
    await age(database, seen_at=idle + timedelta(seconds=1))
    with pytest.raises(Unauthorized):
        await who(database, settings, token)


async def test_a_sign_in_ends_after_the_absolute_time_however_active(
    database: Database, settings: Settings
) -> None:
    await create(database)
    token, _ = await service.sign_in(database, "ana", GOOD, "::1")
    await age(database, created_at=timedelta(hours=settings.session_hours, seconds=1))
    with pytest.raises(Unauthorized):
        await who(database, settings, token)


async def test_touching_starts_the_idle_time_again(database: Database, settings: Settings) -> None:
    await create(database)
    token, _ = await service.sign_in(database, "ana", GOOD, "::1")
    await age(database, seen_at=timedelta(minutes=settings.session_idle_minutes - 1))
    signed_in = await who(database, settings, token)
    async with database.work() as work:
        await sessions.touch(work, signed_in.session_id)
        await work.commit()
    assert not (await who(database, settings, token)).touch_due


async def test_signing_out_ends_this_sign_in_and_no_other(
    database: Database, settings: Settings
) -> None:
    await create(database)
    first, _ = await service.sign_in(database, "ana", GOOD, "::1")
    second, _ = await service.sign_in(database, "ana", GOOD, "::1")
    async with database.work() as work:
        await service.sign_out(work, await who(database, settings, first))
        await work.commit()
    with pytest.raises(Unauthorized):
        await who(database, settings, first)
    assert await who(database, settings, second)
    assert (await audited(database))[-1][0] == "staff.signed_out"


async def test_a_disabled_account_is_out_at_once_and_cannot_come_back(
    database: Database, settings: Settings
) -> None:
    account_id = await create(database)
    token, _ = await service.sign_in(database, "ana", GOOD, "::1")
    async with database.work() as work:
        await service.disable(work, "test", "ana")
        await work.commit()
    with pytest.raises(Unauthorized):
        await who(database, settings, token)
    with pytest.raises(Unauthorized):
        await service.sign_in(database, "ana", GOOD, "::1")
    assert ("staff.disabled", account_id) in await audited(database)


async def test_a_new_password_replaces_the_old_one_and_signs_out_everywhere(
    database: Database, settings: Settings
) -> None:
    await create(database)
    token, _ = await service.sign_in(database, "ana", GOOD, "::1")
    async with database.work() as work:
        await service.set_password(work, "test", "ana", "another good one")
        await work.commit()
    with pytest.raises(Unauthorized):
        await who(database, settings, token)
    with pytest.raises(Unauthorized):
        await service.sign_in(database, "ana", GOOD, "::1")
    assert await service.sign_in(database, "ana", "another good one", "::1")


async def test_an_unknown_account_cannot_be_changed(database: Database) -> None:
    async with database.work() as work:
        with pytest.raises(NotFound):
            await service.disable(work, "test", "nobody")


async def test_sign_ins_that_are_over_are_purged_and_others_stay(
    database: Database, settings: Settings
) -> None:
    await create(database)
    await service.sign_in(database, "ana", GOOD, "::1")
    await age(database, seen_at=timedelta(minutes=settings.session_idle_minutes, seconds=1))
    fresh, _ = await service.sign_in(database, "ana", GOOD, "::1")
    async with database.work() as work:
        await sessions.purge(work, settings)
        await work.commit()
    async with database.reading() as session:
        left = (await session.scalars(select(StaffSession.id))).all()
    assert left == [sessions.session_id(fresh)]


async def test_the_demo_gets_random_passwords_once_in_a_private_file(
    database: Database, settings: Settings
) -> None:
    made = await service.ensure_demo_staff(database, settings)
    path = settings.var_dir / service.DEMO_FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len({account.password for account in made}) == len(made) == len(service.DEMO_STAFF)
    for account in made:
        assert f"{account.name} {account.password}" in path.read_text("utf-8").splitlines()
        await service.sign_in(database, account.name, account.password, "::1")
    assert await service.ensure_demo_staff(database, settings) == ()


async def test_the_demo_adds_nobody_where_there_are_accounts(
    database: Database, settings: Settings
) -> None:
    await create(database)
    assert await service.ensure_demo_staff(database, settings) == ()


async def test_production_mode_has_no_demo_accounts(database: Database, settings: Settings) -> None:
    production = settings.model_copy(update={"mode": "production"})
    assert await service.ensure_demo_staff(database, production) == ()
    async with database.reading() as session:
        assert await service.list_accounts(session) == []
    assert not (settings.var_dir / service.DEMO_FILE).exists()
