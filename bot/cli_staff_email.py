"""`careline staff email`: where to write to somebody about their work."""

from __future__ import annotations

import click

from bot.cli_parts import explained, run, say
from bot.core import database_for
from bot.settings import Settings
from bot.staff import service


@click.command("email")
@click.argument("name")
@click.argument("address", default="")
@explained
def email(name: str, address: str) -> None:
    """Say where NAME gets e-mail about texts that fall due; without ADDRESS, nowhere."""
    run(_store(Settings(), name, address))
    say(f"{name}: kept.")


async def _store(settings: Settings, name: str, address: str) -> None:
    database = database_for(settings)
    try:
        async with database.work() as work:
            await service.set_email(work, "command-line", name, address)
            await work.commit()
    finally:
        await database.close()
