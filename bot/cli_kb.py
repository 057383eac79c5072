"""`careline kb`: the knowledge base, taken from files, given as files, checked."""

from __future__ import annotations

import json
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


_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@kb.command("import")
@click.option("--dir", "folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--csv", type=_FILE, help="Take the rows of a table as drafts.")
@click.option("--docx", type=_FILE, help="Take the questions of a Word document as drafts.")
@click.option("--html", type=_FILE, help="Take the questions of a saved page as drafts.")
@click.option(
    "--onto-existing",
    is_flag=True,
    help="Where an article answers the question already, make the answer a draft of it.",
)
@click.option("--dry-run", is_flag=True, help="Report, and keep nothing. For drafts only.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@explained
def kb_import(
    folder: Path | None, onto_existing: bool, dry_run: bool, form: str, **files: Path | None
) -> None:
    """Load articles, figures and clinic profile from files; never over an editor's version.

    With --csv, --docx or --html: take a clinic's own questions and answers as drafts. Nothing is
    published, and nobody's draft is overwritten.
    """
    given = [(kind, path) for kind, path in files.items() if path is not None]
    if len(given) + (folder is not None) > 1:
        raise click.UsageError("Give one of --dir, --csv, --docx and --html.")
    if given:
        kind, path = given[0]
        _take(path, kind, onto_existing=onto_existing, dry_run=dry_run, form=form)
        return
    if onto_existing or dry_run or form != "text":
        raise click.UsageError("These options go with --csv, --docx or --html.")
    from bot.knowledge.importer import import_directory

    report = run(
        _with_database(lambda database: import_directory(database, folder or Settings().data_dir))
    )
    for line in report.lines():
        say(line)


def _take(path: Path, kind: str, *, onto_existing: bool, dry_run: bool, form: str) -> None:
    from bot.knowledge import vectors
    from bot.knowledge.exchange.planning import MEASURED
    from bot.knowledge.exchange.taking import take

    MEASURED.look_in(Settings().model_dir / vectors.FILE)

    def progress(step: object) -> None:
        click.echo(str(step), err=True)

    report = run(
        _with_database(
            lambda database: take(
                database, path, kind, onto_existing=onto_existing, dry_run=dry_run, say=progress
            )
        )
    )
    if form == "json":
        say(json.dumps(report.as_dict(), ensure_ascii=False, indent=2))
        return
    for line in report.lines():
        say(line)


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
@click.option("--out", type=click.Path(path_type=Path), help="Where to; has a default.")
@click.option("--drafts", is_flag=True, help="Write drafts too, to a folder that no import reads.")
@click.option("--html", is_flag=True, help="Write one page of all answers, to read and to print.")
@click.option(
    "--language",
    "languages",
    multiple=True,
    type=click.Choice(["en", "es"]),
    help="Of the page: only this language; repeatable.",
)
@explained
def kb_export(out: Path | None, drafts: bool, html: bool, languages: tuple[str, ...]) -> None:
    """Write what is published as files (to the folder export); importing them changes nothing.

    With --html: as a book with all facts filled in, to book.html.
    """
    if html:
        if drafts:
            raise click.UsageError("The book holds what is published: leave --drafts out.")
        _book(out or Path("book.html"), languages)
        return
    if languages:
        raise click.UsageError("--language goes with --html.")
    from bot.knowledge.exchange.exporting import export_directory

    folder = out or Path("export")
    report = run(_with_database(lambda database: export_directory(database, folder, drafts=drafts)))
    for line in report.lines():
        say(line)
    sys.exit(0 if report.complete else 1)


def _book(out: Path, languages: tuple[str, ...]) -> None:
    from bot.clock import utc_now
    from bot.knowledge.exchange.book import book
    from bot.texts import LANGUAGES

    content = run(_with_database(_published))
    out.write_text(book(content, utc_now(), languages or LANGUAGES), "utf-8")
    say(f"{len(content.articles)} answers are in {out}")


async def _with_database(work: Callable[[Database], Awaitable[R]]) -> R:
    from bot.core import database_for

    database = database_for(Settings())
    try:
        return await work(database)
    finally:
        await database.close()
