"""`careline kb`: the knowledge base, taken from files, given as files, checked."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from bot.cli_parts import explained, run, say, screen
from bot.settings import Settings

if TYPE_CHECKING:
    from datetime import datetime

    from bot.db import Database
    from bot.knowledge.content import Content

R = TypeVar("R")


@click.group()
def kb() -> None:
    """The knowledge base."""


@kb.command("import")
@click.option("--dir", "folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@explained
def kb_import(folder: Path | None) -> None:
    """Load articles, figures and clinic profile from files; never over an editor's version."""
    from bot.core import database_for
    from bot.knowledge.importer import import_directory

    settings = Settings()

    async def load() -> None:
        database = database_for(settings)
        try:
            report = await import_directory(database, folder or settings.data_dir)
        finally:
            await database.close()
        for line in report.lines():
            say(line)

    run(load())


@kb.command("check")
@click.option("--published", is_flag=True, help="Check what is live, instead of the files.")
@click.option("--rule", "rules", multiple=True, metavar="NAME", help="Only this rule; repeatable.")
@click.option(
    "--today",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Check as on that day: what will need a new figure?",
)
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@explained
def kb_check(
    published: bool, rules: tuple[str, ...], today: datetime | None, as_json: bool
) -> None:
    """Check the content for what patients must not meet. Leaves with 1 when something blocks."""
    from bot.knowledge.checks import check, check_content, print_findings

    settings = Settings()
    day = today.date() if today else None
    if published:
        content = run(_with_database(_published))
        findings = check_content(content, settings.data_dir, today=day, rules=rules)
    else:
        findings = check(settings.data_dir, today=day, rules=rules)
    print_findings(findings, screen, as_json=as_json)
    sys.exit(1 if any(finding.blocks for finding in findings) else 0)


async def _published(database: Database) -> Content:
    from bot.knowledge.queries import load_content

    async with database.reading() as session:
        return await load_content(session)


@kb.command("export")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="The folder to write to; default: export.",
)
@click.option("--drafts", is_flag=True, help="Write drafts too, to a folder that no import reads.")
@explained
def kb_export(out: Path | None, drafts: bool) -> None:
    """Write what is published as files; importing them changes nothing."""
    from bot.knowledge.exchange.exporting import export_directory

    report = run(
        _with_database(lambda db: export_directory(db, out or Path("export"), drafts=drafts))
    )
    for line in report.lines():
        say(line)
    sys.exit(0 if report.complete else 1)


async def _with_database(work: Callable[[Database], Awaitable[R]]) -> R:
    from bot.core import database_for

    database = database_for(Settings())
    try:
        return await work(database)
    finally:
        await database.close()
