"""`careline outreach`: what can be shown of consent."""

from __future__ import annotations

from typing import IO

import click

from bot.cli_parts import explained, run, say
from bot.settings import Settings


@click.group()
def outreach() -> None:
    """Reaching patients who have left."""


@outreach.command()
@click.option(
    "--out", type=click.File("w", encoding="utf-8"), default="-", help="Where the CSV goes."
)
@explained
def ledger(out: IO[str]) -> None:
    """Export who consented to what, in which words, and who withdrew. Holds no addresses."""
    count = run(_export(out))
    if out.name != "<stdout>":
        say(f"{count} events in {out.name}")


async def _export(out: IO[str]) -> int:
    from bot.core import database_for
    from bot.outreach.ledger import export

    database = database_for(Settings())
    try:
        async with database.reading() as session:
            return await export(session, out)
    finally:
        await database.close()
