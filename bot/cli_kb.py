"""`careline kb`: the knowledge base, taken from files, given as files, checked."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from bot.cli_parts import explained, run, say, screen
from bot.settings import Settings


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
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@explained
def kb_check(as_json: bool) -> None:
    """Check the content for what patients must not meet. Leaves with 1 when something blocks."""
    from bot.knowledge.checks import check, print_findings

    settings = Settings()
    findings = check(settings.data_dir)
    print_findings(findings, screen, as_json=as_json)
    sys.exit(1 if any(finding.blocks for finding in findings) else 0)
