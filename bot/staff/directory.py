"""Who works here, for lists in which people stand by name."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.staff.models import Account, Role

# By the setting `unowned_due`: who looks after what nobody owns.
UNOWNED: Mapping[str, tuple[Role, ...]] = {
    "editors": (Role.EDITOR, Role.REVIEWER),
    "reviewers": (Role.REVIEWER,),
    "nobody": (),
}


async def display_names(session: AsyncSession, ids: Collection[str]) -> dict[str, str]:
    """The names that colleagues see, by account id."""
    if not ids:
        return {}
    found = await session.execute(
        select(Account.id, Account.display_name).where(Account.id.in_(ids))
    )
    return dict(found.tuples().all())


async def reachable(session: AsyncSession, *roles: Role) -> dict[str, str]:
    """Account ids and addresses of everybody with one of `roles` who may sign in and has one."""
    found = await session.scalars(
        select(Account).where(Account.disabled_at.is_(None), Account.email != "")
    )
    return {one.id: one.email for one in found if one.role_set & set(roles)}


async def working(session: AsyncSession, ids: Collection[str]) -> set[str]:
    """Those of these accounts who may sign in."""
    found = select(Account.id).where(Account.id.in_(ids), Account.disabled_at.is_(None))
    return set(await session.scalars(found))


async def colleagues(session: AsyncSession, *roles: Role) -> list[tuple[str, str]]:
    """Id and name of everybody who has one of `roles` and may sign in, by name."""
    found = await session.scalars(
        select(Account).where(Account.disabled_at.is_(None)).order_by(Account.display_name)
    )
    return [(one.id, one.display_name) for one in found if one.role_set & set(roles)]
